#!/usr/bin/env bash
# The one entrance, the same on a laptop and in CI: ./build.sh help
set -euo pipefail
cd "$(dirname "$0")"

missing=0
say_missing() {
  echo "missing: $1" >&2
  echo "  get it: $2" >&2
  missing=1
}

command -v git >/dev/null 2>&1 ||
  say_missing "git" "https://git-scm.com/downloads, or your system's package manager"

# `dotnet --version` obeys global.json: it fails where no installed SDK fits.
sdk_help="https://dotnet.microsoft.com/download/dotnet/10.0, or: curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
if ! command -v dotnet >/dev/null 2>&1; then
  say_missing ".NET SDK 10.0 (no dotnet command on the PATH)" "$sdk_help"
elif ! dotnet --version >/dev/null 2>&1; then
  say_missing ".NET SDK 10.0 as global.json asks; installed: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' - | sed 's/^$/none/')" "$sdk_help"
fi
[ "$missing" -eq 0 ] || exit 3

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
exec dotnet run build/build.cs -- "$@"

@echo off
rem The one entrance, the same on a laptop and in CI: build.cmd help
setlocal
cd /d "%~dp0"

where git >nul 2>nul
if errorlevel 1 (
  echo missing: git 1>&2
  echo   get it: winget install Git.Git, or https://git-scm.com/downloads 1>&2
  exit /b 3
)

rem `dotnet --version` obeys global.json: it fails where no installed SDK fits.
dotnet --version >nul 2>nul
if errorlevel 1 (
  echo missing: .NET SDK 10.0 as global.json asks 1>&2
  echo   get it: winget install Microsoft.DotNet.SDK.10, or https://dotnet.microsoft.com/download/dotnet/10.0 1>&2
  exit /b 3
)

set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
dotnet run build/build.cs -- %*
exit /b %errorlevel%

using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Snapshots;

/// <summary>Every way in which a snapshot can fail, with what to do about it.</summary>
internal static class SnapshotFailure
{
    private const int MostNamed = 5;

    public static ExpectedException NoWorkingDirectory(string path) => new(
        ExitCode.Usage,
        $"application.workingDirectory: `{path}` is not a folder.",
        "Set application.workingDirectory to the folder that holds the application, relative to the manifest.");

    public static ExpectedException InsideOwnDirectory(string path, string own) => new(
        ExitCode.Usage,
        $"application.workingDirectory: `{path}` lies inside `{own}`, where mldeploy keeps its own state.",
        "Set application.workingDirectory to the folder that holds the application's sources.");

    public static ExpectedException TooLarge(long bytes, long limit, IEnumerable<(string Path, long Bytes)> largest) => new(
        ExitCode.Usage,
        $"application.workingDirectory holds {Size(bytes)}, more than application.snapshotLimit allows ({Size(limit)}). Largest: "
            + string.Join(", ", largest.Take(MostNamed).Select(item => $"{item.Path} ({Size(item.Bytes)})")) + ".",
        "Leave out what the application does not need to run with application.exclude, or raise application.snapshotLimit.");

    public static ExpectedException LinksOutside(IReadOnlyList<(string Path, string Target)> links) => new(
        ExitCode.Usage,
        "application.workingDirectory has symbolic links that point outside it, where a version would change behind its back: "
            + string.Join(", ", links.Take(MostNamed).Select(link => $"{link.Path} -> {link.Target}"))
            + (links.Count > MostNamed ? $" and {links.Count - MostNamed} more" : "") + ".",
        "Replace them by what they point at, or leave them out with application.exclude and let the application use the absolute path.");

    public static ExpectedException Unreadable(string path, Exception error) => new(
        ExitCode.TargetFailed,
        $"`{path}` cannot be read for the snapshot: {error.Message}",
        "Make it readable for this user, or leave it out with application.exclude.",
        error);

    public static ExpectedException NotUnicode(string path) => new(
        ExitCode.TargetFailed,
        $"`{path}` cannot be read for the snapshot: its name is not valid UTF-8.",
        "Rename it, or leave the folder it is in out with application.exclude.");

    public static ExpectedException Vanished(string path) => new(
        ExitCode.TargetFailed,
        $"`{path}` disappeared while the snapshot was taken.",
        "Deploy when nothing writes into the working directory, or leave it out with application.exclude.");

    public static ExpectedException KeepsChanging(string path) => new(
        ExitCode.TargetFailed,
        $"`{path}` kept changing while the snapshot was taken, so that no consistent copy could be made.",
        "Deploy when nothing writes into the working directory, or leave it out with application.exclude.");

    public static ExpectedException CannotWrite(string root, Exception error) => error is IOException io && IsDiskFull(io)
        ? new ExpectedException(
            ExitCode.TargetFailed,
            $"The disk that holds `{root}` is full; the snapshot was removed again.",
            "Free some space there (old versions go with `mldeploy destroy`), leave large files out with application.exclude, "
                + "or set XDG_STATE_HOME to a folder on another disk.",
            error)
        : new ExpectedException(
            ExitCode.TargetFailed,
            $"The snapshot cannot be written to `{root}`: {error.Message}",
            "Make that folder writable for this user, or set XDG_STATE_HOME to one that is.",
            error);

    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (double)(1L << 30):0.#} GiB",
        >= 1L << 20 => $"{bytes / (double)(1L << 20):0.#} MiB",
        >= 1L << 10 => $"{bytes / (double)(1L << 10):0.#} KiB",
        _ => $"{bytes} bytes",
    };

    // .NET hands errno through as HResult on Unix: ENOSPC is 28 everywhere, EDQUOT (a quota) 122 on Linux and 69 on macOS.
    // Windows: ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static bool IsDiskFull(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027)
        : error.HResult is 28 || error.HResult == (OperatingSystem.IsMacOS() ? 69 : 122);
}

using System.Runtime.InteropServices;

namespace MlDeploy.Local.Processes;

public enum LogRotation
{
    /// <summary>Not due, or not possible now.</summary>
    None,

    /// <summary>Nothing was lost.</summary>
    Cut,

    /// <summary>What was written between the end of the copy and the truncation is lost.</summary>
    Truncated,
}

/// <summary>
/// Takes the beginning out of a file that others append to. Where the file system can collapse a range (ext4, XFS) that is one
/// atomic step and loses nothing. Elsewhere the file is copied and truncated as logrotate's copytruncate does, and
/// loses what comes between the two: microseconds as a rule, milliseconds on a busy machine.
/// </summary>
internal static partial class LogCut
{
    private const int Chunk = 64 * 1024;

    /// <summary>Block size of the common file systems; another one refuses, and the file is truncated instead.</summary>
    private const int Block = 4096;

    public static LogRotation CutInto(string path, string copy)
    {
        using var source = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        using var target = File.OpenHandle(copy, FileMode.Create, FileAccess.Write, FileShare.Read);
        // Whole blocks, and never up to the end, which a collapse may not reach.
        var blocks = (RandomAccess.GetLength(source) - 1) / Block * Block;
        var copied = Copy(source, target, 0, blocks);
        if (copied == blocks && blocks > 0 && Collapse(source, blocks))
            return LogRotation.Cut;

        Copy(source, target, copied, long.MaxValue);
        RandomAccess.SetLength(source, 0);
        return LogRotation.Truncated;
    }

    private static long Copy(Microsoft.Win32.SafeHandles.SafeFileHandle source, Microsoft.Win32.SafeHandles.SafeFileHandle target, long from, long to)
    {
        var buffer = new byte[Chunk];
        var position = from;
        while (position < to && RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(Chunk, to - position)), position) is var read and > 0)
        {
            RandomAccess.Write(target, buffer.AsSpan(0, read), position);
            position += read;
        }

        return position;
    }

    private static bool Collapse(Microsoft.Win32.SafeHandles.SafeFileHandle file, long length)
    {
        const int CollapseRange = 0x08; // FALLOC_FL_COLLAPSE_RANGE
        // On 32 bit the C library's off_t is not this long.
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess && Allocate(file, CollapseRange, 0, length) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(Microsoft.Win32.SafeHandles.SafeFileHandle file, int mode, long offset, long length);
}

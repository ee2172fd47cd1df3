using System.Runtime.InteropServices;

namespace MlDeploy.Local.Snapshots;

internal enum FileKind
{
    File,
    Directory,
    Link,

    /// <summary>Socket, fifo or device: has no content that could be copied; opening one can wait for ever.</summary>
    Special,

    Vanished,
}

/// <summary>
/// The kind of a path itself, not of what it points at. .NET's <see cref="FileAttributes"/> do not tell a fifo from a file,
/// and opening a fifo to find out blocks until somebody writes.
/// </summary>
internal static partial class FileKinds
{
    private const int TypeMask = 0xF000;
    private const int FileType = 0x8000;
    private const int DirectoryType = 0x4000;
    private const int LinkType = 0xA000;

    public static FileKind Of(string path) => ModeOf(path) switch
    {
        null => FromAttributes(path),
        { } mode => (mode & TypeMask) switch
        {
            FileType => FileKind.File,
            DirectoryType => FileKind.Directory,
            LinkType => FileKind.Link,
            _ => FileKind.Special,
        },
    };

    private static FileKind FromAttributes(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            if (attributes.HasFlag(FileAttributes.ReparsePoint) && new FileInfo(path).LinkTarget is not null)
                return FileKind.Link;
            return attributes.HasFlag(FileAttributes.Directory) ? FileKind.Directory : FileKind.File;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileKind.Vanished;
        }
    }

    /// <returns>The file type and permission bits; null where the platform has no such call or the path cannot be read.</returns>
    private static int? ModeOf(string path)
    {
        if (OperatingSystem.IsLinux())
            return LinuxMode(path);
        if (OperatingSystem.IsMacOS())
            return MacMode(path);
        return null;
    }

    // struct statx has one layout on every architecture (include/uapi/linux/stat.h): stx_mode is the 16 bits at byte 28.
    private static int? LinuxMode(string path)
    {
        const int CurrentDirectory = -100, DoNotFollow = 0x100, TypeAndMode = 0x3;
        Span<byte> buffer = stackalloc byte[256];
        return StatX(CurrentDirectory, path, DoNotFollow, TypeAndMode, ref MemoryMarshal.GetReference(buffer)) == 0
            ? MemoryMarshal.Read<ushort>(buffer[28..])
            : null;
    }

    // struct stat with 64-bit inodes (sys/stat.h): st_mode is the 16 bits at byte 4.
    private static int? MacMode(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        ref var first = ref MemoryMarshal.GetReference(buffer);
        var result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? LStat(path, ref first) : LStat64(path, ref first);
        return result == 0 ? MemoryMarshal.Read<ushort>(buffer[4..]) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LStat(string path, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LStat64(string path, ref byte buffer);
}

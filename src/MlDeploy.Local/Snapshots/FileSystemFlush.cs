using System.Runtime.InteropServices;

namespace MlDeploy.Local.Snapshots;

/// <summary>
/// Brings a folder's content to the disk before its final name appears, so that a power cut cannot leave an empty file under a
/// digest. One syncfs instead of an fsync a file: ten thousand of those take half a minute on a spinning disk.
/// </summary>
internal static partial class FileSystemFlush
{
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int ReadOnly = 0, CloseOnExec = 0x80000;
        var descriptor = Open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0)
            throw Failed();
        try
        {
            if (SyncFileSystem(descriptor) != 0)
                throw Failed();
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    // As .NET does it itself: errno as HResult, so that a full disk is recognised here as everywhere else.
    private static IOException Failed() => new(Marshal.GetLastPInvokeErrorMessage(), Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileSystem(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}

using System.Runtime.InteropServices;

namespace MlDeploy.Local.Processes;

/// <summary>
/// Reads the beginning of small files: of <c>/proc</c>, which are gone at any moment and often another user's. With the system's
/// own calls: <see cref="File"/> costs ten times as much here, and an exception for each process that has just ended.
/// </summary>
internal static partial class ProcFile
{
    /// <returns>Bytes read; -1 when the file is not there or not for us.</returns>
    public static int Read(string path, Span<byte> buffer)
    {
        const int ReadOnly = 0, CloseOnExecLinux = 0x80000, CloseOnExecMac = 0x1000000;
        if (OperatingSystem.IsWindows())
            return -1;
        var descriptor = Open(path, ReadOnly | (OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExecLinux));
        if (descriptor < 0)
            return -1;
        var length = 0;
        nint read = 0;
        while (length < buffer.Length && (read = Read(descriptor, ref buffer[length], buffer.Length - length)) > 0)
            length += (int)read;
        _ = Close(descriptor);
        return read < 0 ? -1 : length;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int descriptor, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}

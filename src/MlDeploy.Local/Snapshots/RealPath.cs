using System.Runtime.InteropServices;

namespace MlDeploy.Local.Snapshots;

/// <summary>The path that is left when every link on the way is followed; .NET resolves only a link itself, not its parents.</summary>
internal static partial class RealPath
{
    /// <returns>Null when it does not exist or cannot be read.</returns>
    public static string? Of(string path)
    {
        if (OperatingSystem.IsWindows())
            return Path.Exists(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : null;

        var resolved = Resolve(path, IntPtr.Zero);
        if (resolved == IntPtr.Zero)
            return null;
        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            Free(resolved);
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial IntPtr Resolve(string path, IntPtr buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Free(IntPtr buffer);
}

using System.Runtime.InteropServices;

namespace MlDeploy.Local.Processes;

/// <summary>
/// Files and pipes that whoever started us had open and we know nothing of: a CI runner's, <c>flock</c>'s, a shell's. Handed on to a
/// process that lives for weeks they would stay open as long, and a runner that waits for the end of its pipe would hang.
/// </summary>
internal static partial class InheritedDescriptors
{
    /// <summary>From now on our children get standard input, output and error and nothing else. .NET's own descriptors are never handed on anyway.</summary>
    public static void KeepFromChildren()
    {
        const long CloseRange = 436; // the same on every architecture; Linux 5.11
        const long MarkCloseOnExec = 4;
        if (OperatingSystem.IsLinux())
            _ = SystemCall(CloseRange, 3, uint.MaxValue, MarkCloseOnExec);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long SystemCall(long number, long first, long last, long flags);
}

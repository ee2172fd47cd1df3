using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MlDeploy.Local.Processes;

/// <summary>Signals to a process that is certainly the one meant: a process id that has been used again is never signalled.</summary>
internal static partial class Signals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    // The same numbers on every architecture (asm-generic/unistd.h).
    private const long PidFdOpen = 434;
    private const long PidFdSendSignal = 424;

    /// <returns>False when that process no longer runs.</returns>
    public static bool Send(ProcessIdentity identity, int signal)
    {
        if (OperatingSystem.IsLinux())
            return SendOnLinux(identity, signal);
        if (!identity.IsAlive())
            return false;
        if (!OperatingSystem.IsWindows())
            return SendByPid(identity.Pid, signal) == 0;
        if (signal == Kill)
            KillTree(identity);
        return true;
    }

    /// <summary>Elsewhere than on Linux: the process and what .NET finds below it.</summary>
    public static void KillTree(ProcessIdentity identity)
    {
        try
        {
            using var process = Process.GetProcessById(identity.Pid);
            if (identity.IsAlive())
                process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It ended meanwhile; whoever asked looks whether anything is left.
        }
    }

    // A descriptor pins the process: its id cannot come to mean another between the look and the signal.
    private static bool SendOnLinux(ProcessIdentity identity, int signal)
    {
        var descriptor = SystemCall(PidFdOpen, identity.Pid, 0, 0, 0);
        if (!identity.IsAlive())
        {
            if (descriptor >= 0)
                _ = Close((int)descriptor);
            return false;
        }

        // Kernels before 5.3 and some sandboxes have no pidfd: the gap between look and signal is then some microseconds.
        if (descriptor < 0)
            return SendByPid(identity.Pid, signal) == 0;
        var sent = SystemCall(PidFdSendSignal, descriptor, signal, 0, 0) == 0;
        _ = Close((int)descriptor);
        return sent;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendByPid(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long SystemCall(long number, long first, long second, long third, long fourth);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}

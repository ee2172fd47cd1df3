using System.Runtime.InteropServices;

namespace MlDeploy.Local.Processes;

/// <summary>
/// A background process of our own executable. <see cref="Start"/> gives it /dev/null and a log instead of the caller's streams (a
/// pipeline step would otherwise wait for them to close); the child then calls <see cref="DetachFromTerminal"/>.
/// Under a CI runner that ends what carries its own marker variable, give an environment without it.
/// </summary>
public static partial class Daemon
{
    /// <param name="spec">Its working directory should be one that may stay in use, not the caller's.</param>
    public static RunningProcess Start(LaunchSpec spec, TimeProvider time) => ProcessLauncher.Start(spec, time);

    /// <summary>To be called first thing in the child: leaves the terminal's session and ignores its hang-up.</summary>
    /// <returns>Keep it as long as the process lives; disposing it lets SIGHUP end the process again.</returns>
    public static IDisposable DetachFromTerminal()
    {
        // Fails, rightly, when the launcher has made it a session leader already.
        if (!OperatingSystem.IsWindows())
            _ = SetSession();
        return PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSession();
}

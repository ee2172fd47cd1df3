using System.Runtime.InteropServices;

namespace MlDeploy.Tool.Signals;

/// <summary>
/// SIGINT and SIGTERM of this process. What <see cref="Interruption"/> does not take keeps the signal's default action:
/// the kernel ends the process, whatever state our code is in, and a shell sees 130 or 143.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;

    public ProcessSignals(Interruption interruption)
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);

        void Handle(PosixSignalContext context) => context.Cancel = interruption.Receive(context.Signal);
    }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
    }
}

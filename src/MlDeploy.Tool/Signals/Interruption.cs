using System.Runtime.InteropServices;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.Signals;

/// <summary>
/// The wish of whoever started the process that it end. The first signal cancels <see cref="Token"/>, so that a command can
/// do what `onInterrupt` says; the second is not ours to handle: the process ends at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private int received;

    public CancellationToken Token => source.Token;

    /// <summary>How the process must end; null while nobody asked.</summary>
    public ExitCode? ExitCode => Volatile.Read(ref received) == 0 ? null : (ExitCode)received;

    /// <summary>True when this was the first signal and the process is to live on for a moment.</summary>
    public bool Receive(PosixSignal signal)
    {
        var code = signal == PosixSignal.SIGINT ? Core.Errors.ExitCode.Interrupted : Core.Errors.ExitCode.Terminated;
        if (Interlocked.CompareExchange(ref received, (int)code, 0) != 0)
        {
            return false;
        }

        source.Cancel();
        return true;
    }

    public void Dispose() => source.Dispose();
}

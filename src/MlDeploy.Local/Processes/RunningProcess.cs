using System.Diagnostics;

namespace MlDeploy.Local.Processes;

/// <summary>A process that this host started, or adopted from an earlier one.</summary>
public sealed class RunningProcess : IDisposable
{
    /// <summary>How late the end of an adopted process is noticed: only a parent is told, others have to look.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Process? child;
    private readonly TimeProvider time;

    private RunningProcess(ProcessIdentity identity, Process? child, TimeProvider time) =>
        (Identity, this.child, this.time) = (identity, child, time);

    public ProcessIdentity Identity { get; }

    internal static RunningProcess Started(Process child, TimeProvider time) =>
        // One that has ended already has no identity any more: start time 0 is nobody's.
        new(ProcessIdentity.Of(child.Id) ?? new ProcessIdentity(child.Id, 0, ""), child, time);

    /// <returns>Null when that very process no longer runs.</returns>
    public static RunningProcess? Adopt(ProcessIdentity identity, TimeProvider time) =>
        identity.IsAlive() ? new RunningProcess(identity, null, time) : null;

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code, 128 + signal when a signal ended it; null for an adopted process, whose code only its parent learns.</returns>
    public async Task<int?> WaitForExitAsync(CancellationToken cancel = default)
    {
        if (child is not null)
        {
            await child.WaitForExitAsync(cancel);
            return child.ExitCode;
        }

        while (Identity.IsAlive())
            await Task.Delay(Look, time, cancel);
        return null;
    }

    public void Dispose() => child?.Dispose();
}

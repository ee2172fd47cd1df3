using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Supervision;

/// <summary>Watches one run of an instance, from its start to whatever ends it: asks for its health and waits for its exit at the same time.</summary>
/// <param name="exit">The process's end, with its exit code where that can be known.</param>
internal sealed class InstanceWatch(InstanceSpec spec, HealthProbe probe, LogFile log, TimeProvider time, Task<int?> exit, int port)
{
    /// <summary>While an instance starts it is asked this often (or at its interval if that is shorter): nobody waits 5 s for what took 1.</summary>
    private static readonly TimeSpan StartInterval = TimeSpan.FromMilliseconds(250);

    public Task Exit => exit;

    /// <returns>Null when it is healthy now; otherwise why it never will be in this run.</returns>
    public async Task<Ending?> BecomeHealthyAsync(TimeSpan allowed, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        var interval = spec.Health.Interval < StartInterval ? spec.Health.Interval : StartInterval;
        HealthAnswer? last = null;
        for (var passed = 0; ;)
        {
            if (await AskUnlessExitedAsync(cancel) is not { } answer)
                return Ending.Exited(await exit, last?.Said, wasHealthy: false, log);
            last = answer;
            passed = answer.Healthy ? passed + 1 : 0;
            if (passed >= spec.Health.HealthyAfter)
                return null;
            if (time.GetElapsedTime(since) >= allowed)
                return Ending.NotHealthyInTime(allowed, answer.Said, log);
            await PauseUnlessExitedAsync(interval, cancel);
        }
    }

    /// <summary>Returns when it is no longer healthy, or has ended.</summary>
    public async Task<Ending> StayHealthyAsync(CancellationToken cancel)
    {
        HealthAnswer? failure = null;
        for (var failed = 0; ;)
        {
            await PauseUnlessExitedAsync(spec.Health.Interval, cancel);
            if (await AskUnlessExitedAsync(cancel) is not { } answer)
                return Ending.Exited(await exit, failure?.Said, wasHealthy: true, log);
            (failed, failure) = answer.Healthy ? (0, null) : (failed + 1, answer);
            if (failed >= spec.Health.UnhealthyAfter)
                return Ending.Unhealthy(failed, answer.Said, log);
        }
    }

    /// <returns>Null when the process ended before it answered.</returns>
    private async Task<HealthAnswer?> AskUnlessExitedAsync(CancellationToken cancel)
    {
        if (exit.IsCompleted)
            return null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var answer = probe.AskAsync(port, either.Token);
        if (await Task.WhenAny(exit, answer) == answer)
            return await answer.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        cancel.ThrowIfCancellationRequested();
        await either.CancelAsync();
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return null;
    }

    private async Task PauseUnlessExitedAsync(TimeSpan pause, CancellationToken cancel)
    {
        log.RotateWhenLarger(spec.LogLimit, spec.LogsKept);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(exit, Task.Delay(pause, time, either.Token));
        cancel.ThrowIfCancellationRequested();
        await either.CancelAsync();
    }
}

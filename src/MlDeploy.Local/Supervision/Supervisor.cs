using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Supervision;

/// <summary>
/// Keeps one instance of a version running: starts it, waits until it is healthy, watches it, and starts it again when it ends or
/// turns unhealthy. An instance that never was healthy is given up after its <c>startWithin</c> or its third exit, whichever is
/// first; one that once was is restarted for ever, since it may be all that serves.
/// </summary>
public sealed class Supervisor : IAsyncDisposable
{
    private const int MostFailedStarts = 3;

    /// <summary>What is left of a crashed or hanging instance serves nobody; it gets no full drain before the restart.</summary>
    private static readonly TimeSpan LongestClearing = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SampleAge = TimeSpan.FromSeconds(1);

    private readonly InstanceSpec spec;
    private readonly SupervisionContext context;
    private readonly Action<InstanceState> changed;
    private readonly ProcessTree tree;
    private readonly ResourceSampler sampler;
    private readonly HealthProbe probe;
    private readonly RestartBackoff backoff;
    private readonly LogFile log;
    private readonly CancellationTokenSource letGo = new();
    private readonly Lock gate = new();
    private TaskCompletionSource nextChange = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InstanceState state;
    private long firstStart;
    private int? lease;

    private Supervisor(InstanceSpec spec, SupervisionContext context, Action<InstanceState> changed, RunningInstance? adopted)
    {
        (this.spec, this.context, this.changed) = (spec, context, changed);
        tree = new ProcessTree(spec.Cookie, context.Processes, context.Time);
        sampler = new ResourceSampler(tree);
        probe = new HealthProbe(context.Http, spec.Health, context.Time);
        backoff = new RestartBackoff(context.Random);
        log = new LogFile(spec.LogFile);
        state = new InstanceState(InstancePhase.Starting, null, adopted?.Restarts ?? 0, null, context.Time.GetUtcNow());
        Completion = Task.Run(() => RunAsync(adopted, letGo.Token));
    }

    /// <summary>Ends when the instance is stopped, has failed or was let go; faults only by a bug or when the callback threw.</summary>
    public Task Completion { get; }

    public InstanceState State
    {
        get
        {
            lock (gate)
                return state;
        }
    }

    /// <summary>Starts a new instance.</summary>
    /// <param name="changed">
    /// Called with every new state, one at a time, in order. What it does delays the supervision; an exception from it ends the
    /// supervision and faults <see cref="Completion"/>, while the processes run on until they are stopped.
    /// </param>
    public static Supervisor Start(InstanceSpec spec, SupervisionContext context, Action<InstanceState> changed) =>
        new(spec, context, changed, null);

    /// <summary>Goes on with an instance that an earlier host started. When it ended meanwhile it is restarted, which counts as a restart.</summary>
    public static Supervisor Adopt(InstanceSpec spec, RunningInstance recorded, SupervisionContext context, Action<InstanceState> changed) =>
        new(spec, context, changed, recorded);

    /// <summary>Waits until the instance is healthy, or will never be.</summary>
    /// <returns>A state in phase Healthy, Failed or Stopped.</returns>
    public async Task<InstanceState> WhenSettledAsync(CancellationToken cancel = default)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (state.Phase == InstancePhase.Healthy || state.IsFinal)
                    return state;
                next = nextChange.Task;
            }

            if (await Task.WhenAny(next, Completion).WaitAsync(cancel) == Completion && !State.IsFinal)
            {
                await Completion;
                throw new OperationCanceledException("The instance was let go before it settled.");
            }
        }
    }

    /// <summary>CPU time and memory of its processes and its health, for the gates; costs a scan of the process table at most once a second.</summary>
    public ProcessReading Read()
    {
        var sample = sampler.Sample(SampleAge);
        var now = State;
        return new ProcessReading(
            sample.Cpu, sample.Memory, now.Restarts, Instances: 1,
            Healthy: now.Phase == InstancePhase.Healthy ? 1 : 0,
            now.Running?.StartedAt ?? now.Since);
    }

    /// <summary>Ends the instance and everything it started: SIGTERM, then SIGKILL after the grace time.</summary>
    /// <param name="grace">Null: the manifest's <c>application.drain</c>.</param>
    /// <returns>The final state. A process the system could not end is named in its reason.</returns>
    public async Task<InstanceState> StopAsync(TimeSpan? grace = null)
    {
        await letGo.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var left = await tree.StopAsync(grace ?? spec.Drain);
        if (State.Phase != InstancePhase.Stopped)
        {
            var reason = left.IsEmpty ? null : $"Could not be ended: process {string.Join(", ", left.Select(process => process.Pid))}.";
            Change(InstancePhase.Stopped, null, reason);
        }

        ReleasePort();
        return State;
    }

    /// <summary>Lets the instance go: supervision ends, its processes run on, to be adopted by the next host. To end them, stop first.</summary>
    public async ValueTask DisposeAsync()
    {
        await letGo.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        letGo.Dispose();
    }

    private async Task RunAsync(RunningInstance? recorded, CancellationToken cancel)
    {
        firstStart = context.Time.GetTimestamp();
        var onceHealthy = spec.Proven || recorded is { OnceHealthy: true };
        try
        {
            for (var starts = 1; ; starts++)
            {
                var began = context.Time.GetTimestamp();
                var ending = starts == 1 && recorded is not null
                    ? await ContinueAsync(recorded, cancel)
                    : await RunOnceAsync(onceHealthy, cancel);
                onceHealthy |= ending.WasHealthy;
                await ClearAsync(ending, cancel);

                if (!onceHealthy && IsHopeless(ending, starts))
                {
                    Change(InstancePhase.Failed, null, ending.Reason, ending.Remedy);
                    return;
                }

                var delay = backoff.Next(context.Time.GetElapsedTime(began));
                Change(InstancePhase.Restarting, null, ending.Reason, ending.Remedy, State.Restarts + 1);
                await Task.Delay(delay, context.Time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopped or let go: whoever asked says what becomes of the processes.
        }
    }

    private bool IsHopeless(Ending ending, int starts) =>
        ending.Kind is EndingKind.NotHealthyInTime or EndingKind.NotStarted
        || starts >= MostFailedStarts
        || context.Time.GetElapsedTime(firstStart) >= spec.Health.StartWithin;

    private async Task<Ending> RunOnceAsync(bool onceHealthy, CancellationToken cancel)
    {
        RunningProcess process;
        int port;
        try
        {
            port = lease ??= context.Ports.Lease();
            process = ProcessLauncher.Start(
                new LaunchSpec(spec.Command, spec.WorkingDirectory, ApplicationEnvironment.For(spec.Environment, port, spec.Cookie), spec.LogFile),
                context.Time);
        }
        catch (ExpectedException error)
        {
            return new Ending(EndingKind.NotStarted, error.Message, error.Remedy, WasHealthy: false);
        }

        using (process)
        {
            var running = new RunningInstance(process.Identity, port, context.Time.GetUtcNow(), State.Restarts, onceHealthy);
            tree.Remember(process.Identity);
            Change(InstancePhase.Starting, running, null);
            return await WatchAsync(process, running, spec.Health.StartWithin, cancel);
        }
    }

    private async Task<Ending> ContinueAsync(RunningInstance recorded, CancellationToken cancel)
    {
        context.Ports.Reserve(recorded.Port);
        lease = recorded.Port;
        using var process = RunningProcess.Adopt(recorded.Process, context.Time);
        if (process is null)
            return Ending.Exited(null, null, recorded.OnceHealthy, log);

        tree.Remember(process.Identity);
        Change(InstancePhase.Starting, recorded, null);
        // One that was healthy needs no start time; it gets what a healthy one that stops answering gets.
        var patience = (spec.Health.Interval + spec.Health.Timeout) * spec.Health.UnhealthyAfter;
        var allowed = recorded.OnceHealthy && patience < spec.Health.StartWithin ? patience : spec.Health.StartWithin;
        return await WatchAsync(process, recorded, allowed, cancel);
    }

    private async Task<Ending> WatchAsync(RunningProcess process, RunningInstance running, TimeSpan allowed, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = new InstanceWatch(spec, probe, log, context.Time, process.WaitForExitAsync(over.Token), running.Port);
        try
        {
            if (await watch.BecomeHealthyAsync(allowed, over.Token) is { } never)
                return never;
            running = running with { OnceHealthy = true };
            Change(InstancePhase.Healthy, running, null);
            var ending = await watch.StayHealthyAsync(over.Token);
            if (ending.Kind == EndingKind.Unhealthy)
                Change(InstancePhase.Unhealthy, running, ending.Reason, ending.Remedy);
            return ending;
        }
        finally
        {
            await over.CancelAsync();
            await watch.Exit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Ends what is left of a run: a hanging process, or children whose parent crashed. The port stays the same after a healthy run, so
    /// that nothing has to be re-routed; it is given up when it never worked there or somebody holds it: it may be the trouble.
    /// </summary>
    private async Task ClearAsync(Ending ending, CancellationToken cancel)
    {
        await tree.StopAsync(spec.Drain < LongestClearing ? spec.Drain : LongestClearing, cancel);
        if (!ending.WasHealthy || lease is null || !PortAllocator.IsFree(lease.Value))
            ReleasePort();
    }

    private void ReleasePort()
    {
        if (lease is { } port)
            context.Ports.Release(port);
        lease = null;
    }

    private void Change(InstancePhase phase, RunningInstance? running, string? reason, string? remedy = null, int? restarts = null)
    {
        InstanceState next;
        TaskCompletionSource announced;
        lock (gate)
        {
            next = state = new InstanceState(phase, reason, restarts ?? state.Restarts, running, context.Time.GetUtcNow()) { Remedy = remedy };
            (announced, nextChange) = (nextChange, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed(next);
        announced.SetResult();
    }
}

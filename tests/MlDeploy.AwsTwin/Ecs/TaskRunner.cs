using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>What a task is started with.</summary>
/// <param name="Overrides">Per container: more environment, and a command in place of the definition's.</param>
internal sealed record TaskOrder(EcsTask Task, TaskDefinition Definition, string Region, IReadOnlyDictionary<string, ContainerOverride> Overrides);

internal sealed record ContainerOverride(ImmutableDictionary<string, string> Environment, ImmutableArray<string> Command);

/// <summary>
/// One task from PROVISIONING to STOPPED: waits as Fargate does, starts a process a container, and ends when it is told to or when
/// an essential container ends.
/// </summary>
internal sealed class TaskRunner(TwinContext context, EcsBook book, TargetAddresses addresses, ImageCommands images, TaskOrder order)
{
    private static readonly TimeSpan Provisioning = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pulling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deprovisioning = TimeSpan.FromSeconds(2);

    /// <summary>However compressed the clock is, a process gets this long to end by itself.</summary>
    private static readonly TimeSpan LeastRealStopTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestRealBoot = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource<(string Code, string Reason)> stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<RunningContainer> running = [];
    private EcsTask task = order.Task;

    public EcsTask Task => task;

    /// <summary>Waits, once the task is to stop, until no balancer sends to it any more.</summary>
    public Func<EcsTask, Task>? Drain { get; init; }

    /// <summary>Asks the task to stop; the first reason counts.</summary>
    public void Stop(string code, string reason) => stop.TrySetResult((code, reason));

    public async Task RunAsync()
    {
        (string Code, string Reason) ending;
        try
        {
            ending = await StartAsync() ?? await LiveAsync();
        }
        catch (TaskFailure failure)
        {
            ending = ("TaskFailedToStart", failure.Message);
        }
        catch (OperationCanceledException)
        {
            ending = ("ServiceSchedulerInitiated", "The twin ends");
        }

        await EndAsync(ending.Code, ending.Reason);
    }

    /// <returns>Why it is to stop already; null when it runs.</returns>
    private async Task<(string, string)?> StartAsync()
    {
        Change(now => now);
        if (await StoppedWithinAsync(Provisioning) is { } early)
            return early;
        Change(now => now with { LastStatus = "PENDING", PullStarted = context.Clock.GetUtcNow() });
        using var records = context.Records(order.Region);
        var prepared = new List<(Container Container, string Command, ImmutableDictionary<string, string> Secrets)>();
        foreach (var container in order.Definition.Containers)
        {
            var secrets = await TaskSecrets.ReadAsync(records, container, context.Ending);
            var command = images.Find(container.Image)
                ?? throw Pull(container, $"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {container.Image}: {container.Image}: not found");
            prepared.Add((container, command, secrets));
        }

        if (await StoppedWithinAsync(Pulling) is { } late)
            return late;
        foreach (var (container, command, secrets) in prepared)
        {
            var overriding = order.Overrides.GetValueOrDefault(container.Name);
            running.Add(await RunningContainer.StartAsync(context, container, command, secrets, overriding, task, order.Region));
        }

        foreach (var (containerPort, real) in running.SelectMany(container => container.Ports))
            addresses.Map(task.Address, containerPort, new IPEndPoint(IPAddress.Loopback, real));
        await BootAsync();
        Change(now => now with { LastStatus = "RUNNING", Started = context.Clock.GetUtcNow(), HealthStatus = Health() });
        return null;
    }

    /// <summary>
    /// A program boots in real time, which a compressed clock turns into minutes that its health checks would not forgive. So under
    /// one the task counts as RUNNING from when its first port accepts connections, within bounds; at speed 1 it is as on Fargate.
    /// </summary>
    private async Task BootAsync()
    {
        if (context.Clock.Speed <= 1 || running.SelectMany(container => container.Ports.Values).Take(1).ToList() is not [var port])
            return;
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < LongestRealBoot && !stop.Task.IsCompleted && !running.Exists(container => container.Exit.IsCompleted))
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, context.Ending);
                return;
            }
            catch (SocketException)
            {
                await System.Threading.Tasks.Task.Delay(TimeSpan.FromMilliseconds(50), context.Ending);
            }
        }
    }

    private async Task<(string, string)> LiveAsync()
    {
        var essential = running.Where(container => container.Container.Essential).Select(container => container.Exit).ToList();
        foreach (var container in running)
            container.HealthChanged = () => Change(now => now with { HealthStatus = Health() });
        Task exited = essential.Count == 0 ? stop.Task : System.Threading.Tasks.Task.WhenAny(essential);
        await System.Threading.Tasks.Task.WhenAny(exited, stop.Task).WaitAsync(context.Ending);
        return stop.Task.IsCompletedSuccessfully ? await stop.Task : ("EssentialContainerExited", "Essential container in task exited");
    }

    private async Task EndAsync(string code, string reason)
    {
        Change(now => now with { DesiredStatus = "STOPPED", StopCode = code, StoppedReason = reason, Stopping = context.Clock.GetUtcNow(), LastStatus = now.LastStatus == "RUNNING" ? "DEACTIVATING" : now.LastStatus });
        if (Drain is not null && task.Started is not null && !context.Ending.IsCancellationRequested)
            await Drain(task);
        Change(now => now with { LastStatus = "STOPPING" });
        await System.Threading.Tasks.Task.WhenAll(running.Select(EndAsync));
        addresses.Forget(task.Address);
        Change(now => now with { LastStatus = "DEPROVISIONING" });
        if (!context.Ending.IsCancellationRequested)
            await System.Threading.Tasks.Task.Delay(Deprovisioning, context.Clock, context.Ending).ContinueWith(_ => { }, TaskScheduler.Default);
        Change(now => now with { LastStatus = "STOPPED", Stopped = context.Clock.GetUtcNow() });
    }

    private async Task EndAsync(RunningContainer container)
    {
        var real = context.Clock.ToReal(container.Container.StopTimeout);
        await container.StopAsync(context.Ending.IsCancellationRequested ? TimeSpan.Zero : real > LeastRealStopTime ? real : LeastRealStopTime);
    }

    private async Task<(string, string)?> StoppedWithinAsync(TimeSpan time)
    {
        await System.Threading.Tasks.Task.WhenAny(System.Threading.Tasks.Task.Delay(time, context.Clock, context.Ending), stop.Task);
        context.Ending.ThrowIfCancellationRequested();
        return stop.Task.IsCompletedSuccessfully ? await stop.Task : null;
    }

    private TaskFailure Pull(Container container, string reason)
    {
        Change(now => now with { Containers = [.. now.Containers.Select(each => each.Name == container.Name ? each with { Reason = reason } : each)] });
        return new TaskFailure(reason);
    }

    private string Health()
    {
        var health = running.Where(container => container.Container.Essential && container.Container.HealthCheck is not null).Select(container => container.Health).ToList();
        return health.Count == 0 ? "UNKNOWN" : health.Contains("UNHEALTHY") ? "UNHEALTHY" : health.Contains("UNKNOWN") ? "UNKNOWN" : "HEALTHY";
    }

    private void Change(Func<EcsTask, EcsTask> change)
    {
        lock (running)
        {
            var next = change(task);
            var containers = next.Containers.Select(known => running.Find(each => each.Container.Name == known.Name) is { } live
                ? live.Describe(known)
                : known with { LastStatus = next.LastStatus == "STOPPED" ? "STOPPED" : "PENDING" });
            task = next with { Containers = [.. containers], Version = task.Version + 1 };
        }

        book.Put(task);
    }
}

using System.Collections.Immutable;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>
/// Keeps every service at its desired count: starts, replaces with a growing pause what fails, registers targets, takes out what
/// its balancer finds ill, and says so in the service's events.
/// </summary>
internal sealed class ServiceScheduler(TwinContext context, EcsBook book, TaskFleet fleet, TargetRegistry targets, BalancerFleet balancers)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, TaskDefinition> definitions = [];

    /// <summary>A service became steady, or cannot start its tasks: for EventBridge. Name of the event and the service.</summary>
    public Action<string, EcsService>? Told { get; set; }

    public async Task TickAsync(CancellationToken cancel)
    {
        await LearnDefinitionsAsync(cancel);
        lock (book.Gate)
        {
            foreach (var service in book.Services.Values.Where(service => service.Status != "INACTIVE"))
                Schedule(service);
        }

        book.ForgetStopped(context.Clock.GetUtcNow().AddHours(-1));
    }

    /// <summary>A task's change: registers it with its balancers, or counts it as failed.</summary>
    public void OnTask(EcsTask task)
    {
        lock (book.Gate)
        {
            if (Find(task) is not var (service, set))
                return;
            switch (task.LastStatus)
            {
                case "RUNNING" when task.DesiredStatus == "RUNNING":
                    Register(service, set, task);
                    break;
                case "STOPPED":
                    // A task that its service or a user stopped has not failed; one that never ran, or died, has.
                    if (task.StopCode is "TaskFailedToStart" or "EssentialContainerExited")
                        Failed(service, set);
                    break;
            }
        }
    }

    /// <summary>Before a task's processes end: its targets are deregistered and drained.</summary>
    public async Task DrainAsync(EcsTask task)
    {
        var delay = TimeSpan.Zero;
        lock (book.Gate)
        {
            if (Find(task) is not var (service, set))
                return;
            foreach (var (group, _) in Groups(set))
            {
                targets.Deregister(group, task.Address, null);
                delay = group.DeregistrationDelay > delay ? group.DeregistrationDelay : delay;
                service.Say(context.Clock.GetUtcNow(), $"deregistered 1 targets in (target-group {group.Arn})");
                service.Say(context.Clock.GetUtcNow(), $"has begun draining connections on 1 tasks.");
            }
        }

        // A container that has ended cannot answer what is still under way: nothing to wait for.
        if (delay > TimeSpan.Zero && task.StopCode != "EssentialContainerExited")
            await Task.Delay(delay, context.Clock, context.Ending).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task LearnDefinitionsAsync(CancellationToken cancel)
    {
        List<(string Arn, string Region)> unknown;
        lock (book.Gate)
            unknown = [.. book.Services.Values.SelectMany(service => service.Sets, (service, set) => (set.TaskDefinitionArn, service.Region)).Distinct().Where(each => !definitions.ContainsKey(each.TaskDefinitionArn))];
        foreach (var (arn, region) in unknown)
        {
            using var records = context.Records(region);
            definitions[arn] = await TaskDefinition.ReadAsync(records, arn, cancel);
        }
    }

    private void Schedule(EcsService service)
    {
        var all = book.Tasks.Where(task => task.Group == $"service:{service.Name}" && task.Cluster == service.Cluster).ToImmutableArray();
        if (service.Status == "DRAINING")
        {
            foreach (var task in all.Where(task => task.IsLive))
                fleet.Stop(task.Arn, "ServiceSchedulerInitiated", $"Scaling activity initiated by (deployment {task.StartedBy})");
            if (all.All(task => task.LastStatus == "STOPPED"))
                service.Status = "INACTIVE";
            return;
        }

        RollingDeployment.Plan(service, set => Ready(service, set, all), set => Live(set, all).Length);
        foreach (var set in service.Sets.ToImmutableArray())
        {
            if (definitions.TryGetValue(set.TaskDefinitionArn, out var definition))
                Schedule(service, set, definition, Live(set, all));
        }

        Retire(service, all);
        NoteSteady(service, all);
    }

    private void Schedule(EcsService service, TaskSet set, TaskDefinition definition, ImmutableArray<EcsTask> live)
    {
        var now = context.Clock.GetUtcNow();
        var desired = set.Desired(service.DesiredCount);
        if (live.Length < desired && now >= set.NotBefore)
        {
            var started = Enumerable.Range(0, desired - live.Length)
                .Select(_ => fleet.Start(definition, service.Region, service.Cluster, $"service:{service.Name}", set.Id, set.Network ?? service.Network).Id).ToList();
            service.Say(now, $"has started {started.Count} tasks: {string.Join(' ', started.Select(id => $"(task {id})"))}.");
        }
        else if (live.Length > desired)
        {
            // Those that serve least go first: not running, then the youngest.
            var leaving = live.OrderBy(task => task.IsRunning).ThenByDescending(task => task.Created).Take(live.Length - desired).ToList();
            foreach (var task in leaving)
                fleet.Stop(task.Arn, "ServiceSchedulerInitiated", $"Scaling activity initiated by (deployment {set.Id})");
            service.Say(now, $"has stopped {leaving.Count} running tasks: {string.Join(' ', leaving.Select(task => $"(task {task.Id})"))}.");
        }

        foreach (var task in live.Where(task => task.IsRunning))
            TakeOutIll(service, set, task, now);
    }

    private void TakeOutIll(EcsService service, TaskSet set, EcsTask task, DateTimeOffset now)
    {
        if (task.HealthStatus == "UNHEALTHY")
        {
            Replace("Task failed container health checks");
            return;
        }

        if (now - task.Started < service.GracePeriod)
            return;
        foreach (var (group, port) in Groups(set))
        {
            var health = Health(group, task);
            if (health is not { State: "unhealthy" })
                continue;
            service.Say(now, $"(task {task.Id}) (port {port}) is unhealthy in (target-group {group.Arn}) due to (reason {health.Description}).");
            Replace($"Task failed ELB health checks in (target-group {group.Arn})");
            return;
        }

        void Replace(string reason)
        {
            if (fleet.Stop(task.Arn, "ServiceSchedulerInitiated", reason))
                Failed(service, set);
        }
    }

    private void Failed(EcsService service, TaskSet set)
    {
        set.Failures++;
        set.FailedTasks++;
        set.IsSteady = false;
        var pause = FirstPause * Math.Pow(2, Math.Min(set.Failures - 1, 10));
        set.NotBefore = context.Clock.GetUtcNow() + (pause < LongestPause ? pause : LongestPause);
        if (set.Failures == 3 || (set.Failures > 3 && set.Failures % 5 == 0))
        {
            service.Say(context.Clock.GetUtcNow(), "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.");
            Told?.Invoke("SERVICE_TASK_START_IMPAIRED", service);
        }
    }

    private void Retire(EcsService service, ImmutableArray<EcsTask> all)
    {
        if (!service.IsRolling)
            service.Sets.RemoveAll(set => set.Status == "DRAINING" && all.All(task => task.StartedBy != set.Id || task.LastStatus == "STOPPED"));
        if (!service.IsRolling || service.Primary is not { } primary)
            return;
        var now = context.Clock.GetUtcNow();
        foreach (var old in service.Sets.Where(set => set != primary && set.Desired(service.DesiredCount) == 0 && all.All(task => task.StartedBy != set.Id || task.LastStatus == "STOPPED")).ToList())
            service.Sets.Remove(old);
        if (primary.RolloutState == "IN_PROGRESS" && service.Sets.Count == 1 && Ready(service, primary, all) >= service.DesiredCount)
        {
            (primary.RolloutState, primary.RolloutReason) = ("COMPLETED", $"ECS deployment {primary.Id} completed.");
            primary.Updated = now;
            service.Say(now, $"(deployment {primary.Id}) deployment completed.");
        }

        RollingDeployment.BreakCircuit(service, primary, now);
    }

    private void NoteSteady(EcsService service, ImmutableArray<EcsTask> all)
    {
        var now = context.Clock.GetUtcNow();
        var was = service.Sets.Count > 0 && service.Sets.TrueForAll(set => set.IsSteady);
        foreach (var set in service.Sets)
        {
            var desired = set.Desired(service.DesiredCount);
            var steady = Ready(service, set, all) == desired && all.Count(task => task.StartedBy == set.Id && task.LastStatus != "STOPPED") == desired;
            if (steady && !set.IsSteady)
                set.SteadySince = now;
            if (steady)
                set.Failures = 0;
            set.IsSteady = steady;
        }

        if (was || service.Sets.Count == 0 || !service.Sets.TrueForAll(set => set.IsSteady) || (service.IsRolling && service.Sets.Count > 1))
            return;
        service.Say(now, "has reached a steady state.");
        Told?.Invoke("SERVICE_STEADY_STATE", service);
    }

    private void Register(EcsService service, TaskSet set, EcsTask task)
    {
        foreach (var (group, port) in Groups(set))
        {
            if (Health(group, task) is not null)
                continue;
            targets.Register(group.Arn, task.Address, port);
            service.Say(context.Clock.GetUtcNow(), $"registered 1 targets in (target-group {group.Arn})");
        }
    }

    /// <summary>Tasks of a set that run and, where a balancer watches them, are healthy.</summary>
    private int Ready(EcsService service, TaskSet set, ImmutableArray<EcsTask> all)
    {
        var groups = Groups(set).ToList();
        return Live(set, all).Count(task => task.IsRunning && task.HealthStatus != "UNHEALTHY"
            && groups.TrueForAll(each => Health(each.Group, task) is { State: "healthy" or "unused" }));
    }

    private TargetHealth? Health(TargetGroup group, EcsTask task) =>
        targets.Health(group.Arn, balancers.Configuration.LoadBalancersOf(group.Arn).Any()).FirstOrDefault(health => health.Id == task.Address && health.State != "draining");

    private IEnumerable<(TargetGroup Group, int Port)> Groups(TaskSet set) => set.LoadBalancers.OfType<System.Text.Json.Nodes.JsonObject>()
        .Where(balancer => balancer.Text("targetGroupArn") is { } arn && balancers.Configuration.TargetGroups.ContainsKey(arn))
        .Select(balancer => (balancers.Configuration.TargetGroups[balancer.Text("targetGroupArn")!], balancer.Whole("containerPort") ?? 80));

    private static ImmutableArray<EcsTask> Live(TaskSet set, ImmutableArray<EcsTask> all) => [.. all.Where(task => task.StartedBy == set.Id && task.IsLive)];

    private (EcsService Service, TaskSet Set)? Find(EcsTask task)
    {
        foreach (var service in book.Services.Values.Where(service => service.Cluster == task.Cluster && task.Group == $"service:{service.Name}"))
        {
            if (service.Sets.Find(set => set.Id == task.StartedBy) is { } set)
                return (service, set);
        }

        return null;
    }
}

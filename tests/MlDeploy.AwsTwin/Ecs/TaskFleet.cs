using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>All tasks that run, each with its runner.</summary>
internal sealed class TaskFleet(TwinContext context, EcsBook book, TargetAddresses addresses) : IAsyncDisposable
{
    private readonly ImageCommands images = new(context.Options.Images);
    private readonly ConcurrentDictionary<string, (TaskRunner Runner, Task Run)> runners = new();
    private int born;

    /// <summary>Called for a running task that is to stop, before its processes are told.</summary>
    public Func<EcsTask, Task>? Drain { get; set; }

    public EcsTask Start(
        TaskDefinition definition, string region, string cluster, string group, string? startedBy, JsonObject? network,
        IReadOnlyDictionary<string, ContainerOverride>? overrides = null, JsonArray? tags = null)
    {
        var number = Interlocked.Increment(ref born);
        var subnets = network?.Object("awsvpcConfiguration").Texts("subnets").ToList() ?? [];
        var task = new EcsTask
        {
            Arn = EcsNames.Task(region, cluster),
            Cluster = cluster,
            Group = group,
            TaskDefinitionArn = definition.Arn,
            StartedBy = startedBy,
            // Any private address will do: it is a name in the targets' table, never a packet's destination.
            Address = $"10.0.{128 + (number / 250)}.{4 + (number % 250)}",
            Subnet = subnets.Count > 0 ? subnets[number % subnets.Count] : null,
            Created = context.Clock.GetUtcNow(),
            Cpu = definition.Cpu,
            Memory = definition.Memory,
            Containers = [.. definition.Containers.Select(each => new EcsContainer(each.Name, each.Image, "PENDING", null, null, ImmutableDictionary<int, int>.Empty, null))],
            Tags = tags,
        };
        var order = new TaskOrder(task, definition, region, overrides ?? ImmutableDictionary<string, ContainerOverride>.Empty);
        var runner = new TaskRunner(context, book, addresses, images, order) { Drain = each => Drain?.Invoke(each) ?? Task.CompletedTask };
        book.Put(task);
        runners[task.Arn] = (runner, Task.Run(async () =>
        {
            await runner.RunAsync();
            runners.TryRemove(task.Arn, out _);
        }));
        return task;
    }

    public bool Stop(string arn, string code, string reason)
    {
        if (!runners.TryGetValue(arn, out var running))
            return false;
        running.Runner.Stop(code, reason);
        return true;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(runners.Values.Select(running => running.Run));
}

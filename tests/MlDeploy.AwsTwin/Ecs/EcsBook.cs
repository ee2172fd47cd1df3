using System.Collections.Immutable;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>All services and tasks. Whoever reads or changes a service holds <see cref="Gate"/>.</summary>
internal sealed class EcsBook
{
    private readonly Dictionary<string, EcsTask> tasks = [];

    public Lock Gate { get; } = new();

    public Dictionary<string, EcsService> Services { get; } = [];

    /// <summary>Every change of a task, for events and schedulers.</summary>
    public Action<EcsTask>? TaskChanged { get; set; }

    public ImmutableArray<EcsTask> Tasks
    {
        get
        {
            lock (Gate)
                return [.. tasks.Values];
        }
    }

    public void Put(EcsTask task)
    {
        lock (Gate)
            tasks[task.Arn] = task;
        TaskChanged?.Invoke(task);
    }

    /// <summary>AWS shows a stopped task for an hour.</summary>
    public void ForgetStopped(DateTimeOffset before)
    {
        lock (Gate)
        {
            foreach (var task in tasks.Values.Where(task => task.Stopped < before).ToList())
                tasks.Remove(task.Arn);
        }
    }

    /// <param name="name">A name or an ARN.</param>
    /// <exception cref="AwsError"/>
    public EcsService Service(string region, string cluster, string name)
    {
        var arn = name.StartsWith("arn:", StringComparison.Ordinal) ? name : EcsNames.Service(region, cluster, name);
        return Services.GetValueOrDefault(arn) is { Status: not "INACTIVE" } service ? service : throw new AwsError("ServiceNotFoundException", "Service not found.");
    }
}

internal static class EcsNames
{
    public static string Service(string region, string cluster, string name) => $"arn:aws:ecs:{region}:{TwinAccount.Id}:service/{cluster}/{name}";

    public static string Cluster(string region, string cluster) => $"arn:aws:ecs:{region}:{TwinAccount.Id}:cluster/{cluster}";

    public static string Task(string region, string cluster) => $"arn:aws:ecs:{region}:{TwinAccount.Id}:task/{cluster}/{Guid.NewGuid():N}";

    /// <summary>A cluster's name, whatever the caller gave.</summary>
    public static string ClusterName(string? given) => given is null ? "default" : given[(given.LastIndexOf('/') + 1)..];
}

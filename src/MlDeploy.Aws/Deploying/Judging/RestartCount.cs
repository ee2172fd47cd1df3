using MlDeploy.Aws.Clients.Ecs;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>How many of a version's tasks ended by themselves. ECS replaces a task that ended, so that is what a restart is here.</summary>
public sealed class RestartCount(EcsClient ecs, string cluster)
{
    /// <summary>Stop codes of tasks that nobody meant to stop (ECS API Reference, "Task": stopCode).</summary>
    private static readonly string[] Unmeant = ["EssentialContainerExited", "TaskFailedToStart"];

    private readonly Dictionary<string, bool> known = new(StringComparer.Ordinal);

    /// <param name="taskDefinition">ARN with revision.</param>
    public async Task<int> ReadAsync(string taskDefinition, CancellationToken stop)
    {
        var family = taskDefinition[(taskDefinition.LastIndexOf('/') + 1)..].Split(':')[0];
        var stopped = await ecs.ListTasksAsync(new ListTasksRequest { Cluster = cluster, Family = family, DesiredStatus = "STOPPED" }, stop);
        foreach (var some in stopped.TaskArns.Where(arn => !known.ContainsKey(arn)).Chunk(100))
        {
            foreach (var task in (await ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = cluster, Tasks = [.. some] }, stop)).Tasks)
            {
                known[task.TaskArn] = task.TaskDefinitionArn == taskDefinition && IsUnmeant(task);
            }
        }

        return known.Values.Count(unmeant => unmeant);
    }

    private static bool IsUnmeant(EcsTask task) =>
        Unmeant.Contains(task.StopCode, StringComparer.Ordinal)
        || (task.StoppedReason?.Contains("failed ELB health checks", StringComparison.OrdinalIgnoreCase) ?? false);
}

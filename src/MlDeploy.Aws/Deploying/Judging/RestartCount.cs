using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>How many of a version's tasks ended by themselves. ECS replaces a task that ended, so that is what a restart is here.</summary>
public sealed class RestartCount(EcsClient ecs, string cluster)
{
    /// <summary>Stop codes of tasks that nobody meant to stop (ECS API Reference, "Task": stopCode).</summary>
    private static readonly string[] Unmeant = ["EssentialContainerExited", "TaskFailedToStart"];

    private readonly Dictionary<string, bool> known = new(StringComparer.Ordinal);

    /// <param name="gates">All of the rollout; nothing is read where none is about restarts.</param>
    /// <param name="taskDefinition">ARN with revision.</param>
    public async Task<IReadOnlyList<Measurement>> MeasureAsync(ImmutableArray<Gate> gates, string taskDefinition, CancellationToken stop)
    {
        var asked = gates.Where(gate => gate.Metric == "restarts").ToArray();
        if (asked.Length == 0)
        {
            return [];
        }

        try
        {
            var count = await ReadAsync(taskDefinition, stop);
            return [.. asked.Select(gate => new LevelMeasurement(gate.Id, count))];
        }
        catch (AwsServiceException failure)
        {
            return [.. asked.Select(gate => new MissingMeasurement(gate.Id, Failed: true, failure.Message))];
        }
    }

    private async Task<int> ReadAsync(string taskDefinition, CancellationToken stop)
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

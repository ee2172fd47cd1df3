using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Ecs;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>
/// Which tasks are of which task-definition revision, and so which log streams are whose. A listing covers both arms; only tasks that were not seen before
/// are described.
/// </summary>
internal sealed class ArmTasks(EcsClient ecs, DeploymentPlace place)
{
    /// <summary>Streams that one FilterLogEvents takes (CloudWatch Logs API Reference), and tasks one listing gives. Of more tasks, a part speaks for all.</summary>
    private const int Most = 100;

    private readonly Dictionary<string, string> definitions = new(StringComparer.Ordinal);
    private ImmutableArray<string> running = [];

    /// <returns>How many calls it took.</returns>
    public async Task<int> RefreshAsync(CancellationToken stop)
    {
        running = (await ecs.ListTasksAsync(new ListTasksRequest { Cluster = place.Cluster, ServiceName = place.Service, DesiredStatus = "RUNNING", MaxResults = Most }, stop)).TaskArns;
        var unknown = running.Where(arn => !definitions.ContainsKey(arn)).ToImmutableArray();
        if (unknown.IsEmpty)
        {
            return 1;
        }

        // One that is not running yet may have no stream, and naming that would be an error.
        foreach (var task in (await ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = place.Cluster, Tasks = unknown }, stop)).Tasks)
        {
            if (task is { LastStatus: "RUNNING", TaskDefinitionArn: { } definition })
            {
                definitions[task.TaskArn] = definition;
            }
        }

        return 2;
    }

    /// <returns>Ids of the tasks of one revision.</returns>
    public ImmutableArray<string> Of(string taskDefinition) =>
        [.. running.Where(arn => definitions.GetValueOrDefault(arn) == taskDefinition).Select(arn => arn[(arn.LastIndexOf('/') + 1)..])];
}

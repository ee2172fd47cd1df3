using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Ecs;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>Which tasks run which task-definition revision, and so which log streams are whose. Only tasks that were not seen before are described.</summary>
internal sealed class ArmTasks(EcsClient ecs, string cluster)
{
    /// <summary>Streams that one FilterLogEvents takes, tasks that one listing gives and one DescribeTasks takes (API References). Of more, these speak for all.</summary>
    private const int Most = 100;

    private readonly Dictionary<string, string> definitions = new(StringComparer.Ordinal);
    private ImmutableArray<string> running = [];

    /// <param name="taskDefinitions">ARNs of the arms.</param>
    /// <returns>How many calls it took.</returns>
    public async Task<int> RefreshAsync(ImmutableArray<string> taskDefinitions, CancellationToken stop)
    {
        var (calls, listed) = (0, ImmutableArray.CreateBuilder<string>());
        foreach (var family in taskDefinitions.Select(definition => definition[(definition.LastIndexOf('/') + 1)..].Split(':')[0]).Distinct(StringComparer.Ordinal))
        {
            listed.AddRange((await ecs.ListTasksAsync(new ListTasksRequest { Cluster = cluster, Family = family, DesiredStatus = "RUNNING", MaxResults = Most }, stop)).TaskArns);
            calls++;
        }

        running = listed.ToImmutable();
        foreach (var some in running.Where(arn => !definitions.ContainsKey(arn)).Chunk(Most))
        {
            calls++;
            foreach (var task in (await ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = cluster, Tasks = [.. some] }, stop)).Tasks)
            {
                // One that is not running yet may have no stream, and naming that would be an error.
                if (task is { LastStatus: "RUNNING", TaskDefinitionArn: { } definition })
                {
                    definitions[task.TaskArn] = definition;
                }
            }
        }

        return calls;
    }

    /// <returns>Ids of the tasks of one revision.</returns>
    public ImmutableArray<string> Of(string taskDefinition) =>
        [.. running.Where(arn => definitions.GetValueOrDefault(arn) == taskDefinition).Select(arn => arn[(arn.LastIndexOf('/') + 1)..])];
}

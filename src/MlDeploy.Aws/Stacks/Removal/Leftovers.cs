using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Stacks.Provisioning;

namespace MlDeploy.Aws.Stacks.Removal;

/// <summary>What deployments and AWS itself made beside the stacks: revisions of task definitions, heartbeat alarms, Container Insights' log.</summary>
internal sealed class Leftovers(AwsSession session, IProgress<ProvisioningNews> progress)
{
    /// <returns>What was deleted, in words.</returns>
    public async Task<ImmutableArray<string>> SweepAsync(string application, CancellationToken stop)
    {
        var deleted = ImmutableArray.CreateBuilder<string>();
        await TaskDefinitionsAsync(application, deleted, stop);
        await AlarmsAsync(application, deleted, stop);
        await LogGroupsAsync(application, deleted, stop);
        foreach (var what in deleted)
        {
            progress.Report(new(NewsKind.Done, $"deleted {what}"));
        }

        return deleted.ToImmutable();
    }

    private async Task TaskDefinitionsAsync(string application, ImmutableArray<string>.Builder deleted, CancellationToken stop)
    {
        foreach (var family in new[] { $"{application}-a", $"{application}-b" })
        {
            var count = 0;
            await foreach (var arn in session.Ecs.TaskDefinitionsAsync(new ListTaskDefinitionsRequest { FamilyPrefix = family, Status = "ACTIVE" }, stop))
            {
                await session.Ecs.DeregisterTaskDefinitionAsync(new DeregisterTaskDefinitionRequest { TaskDefinition = arn }, stop);
                count++;
            }

            if (count > 0)
            {
                deleted.Add($"{count} {(count == 1 ? "revision" : "revisions")} of task definition {family} (deregistered)");
            }
        }
    }

    private async Task AlarmsAsync(string application, ImmutableArray<string>.Builder deleted, CancellationToken stop)
    {
        var alarms = new List<string>();
        await foreach (var alarm in session.CloudWatch.AlarmsAsync(new DescribeAlarmsRequest { AlarmNamePrefix = HeartbeatName.Prefix(application) }, stop))
        {
            if (HeartbeatName.OfAlarm(application, alarm.AlarmName) is not null)
            {
                alarms.Add(alarm.AlarmName);
            }
        }

        foreach (var some in alarms.Chunk(100))
        {
            await session.CloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [.. some] }, stop);
        }

        deleted.AddRange(alarms.Select(alarm => $"alarm {alarm}"));
    }

    private async Task LogGroupsAsync(string application, ImmutableArray<string>.Builder deleted, CancellationToken stop)
    {
        var prefix = $"/aws/ecs/containerinsights/{application}/";
        await foreach (var group in session.Logs.LogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = prefix }, stop))
        {
            try
            {
                await session.Logs.DeleteLogGroupAsync(new DeleteLogGroupRequest { LogGroupName = group.LogGroupName }, stop);
                deleted.Add($"log group {group.LogGroupName}");
            }
            catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
            {
                // As wanted.
            }
        }
    }
}

using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>A deployment that CodeDeploy has under way, whoever began it.</summary>
/// <param name="Heartbeat">Null when it was not begun by mldeploy.</param>
/// <param name="LastBeat">Age of the last heartbeat; null without any in ten minutes.</param>
/// <param name="TaskDefinition">ARN of what it deploys; null when it does not tell.</param>
public sealed record RunningDeployment(DeploymentInfo Info, HeartbeatName? Heartbeat, TimeSpan? LastBeat, string? TaskDefinition)
{
    public bool IsRollback => CodeDeployStatus.IsRollback(Info);

    public bool IsJudged => LastBeat < HeartbeatFreshness.StaleAfter;

    /// <returns>Null when none is under way. A rollback is told before what it undoes.</returns>
    public static async Task<RunningDeployment?> FindAsync(AwsSession session, DeploymentPlace place, TimeProvider clock, CancellationToken stop)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        await foreach (var id in session.CodeDeploy.DeploymentsAsync(
            new ListDeploymentsRequest { ApplicationName = place.CodeDeployApplication, DeploymentGroupName = place.DeploymentGroup, IncludeOnlyStatuses = [.. CodeDeployStatus.Active] }, stop))
        {
            ids.Add(id);
        }

        if (ids.Count == 0)
        {
            return null;
        }

        var infos = (await session.CodeDeploy.BatchGetDeploymentsAsync(new BatchGetDeploymentsRequest { DeploymentIds = [.. ids.Take(25)] }, stop)).DeploymentsInfo
            .Where(info => !CodeDeployStatus.IsOver(info.Status)).ToArray();
        if ((infos.FirstOrDefault(CodeDeployStatus.IsRollback) ?? infos.MaxBy(info => info.CreateTime)) is not { } running)
        {
            return null;
        }

        var heartbeat = HeartbeatName.Of(place.Application, running) ?? (LeaseText.Read(running.Description) is { } lease ? new HeartbeatName(place.Application, lease.Key) : null);
        return new RunningDeployment(
            running,
            heartbeat,
            heartbeat is null ? null : await HeartbeatFreshness.AgeAsync(session.CloudWatch, heartbeat, clock, stop),
            AppSpec.TaskDefinitionOf(running.Revision) ?? await TaskDefinitionAsync(session, place, running.DeploymentId, stop));
    }

    /// <summary>Who, since when, where to see it, and what to do.</summary>
    public ExpectedException Held(string application)
    {
        var lease = LeaseText.Read(Info.Description);
        var who = lease is { } known ? known.Holder : Info.Creator is "user" or null ? "somebody, not by mldeploy" : Info.Creator;
        var since = Info.CreateTime is { } at ? $" at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "";
        var beat = Heartbeat is null ? "" : LastBeat is { } age ? $"; its last heartbeat is {Words.Of(age)} old" : "; it has sent no heartbeat for ten minutes";
        return new ExpectedException(
            ExitCode.LeaseHeld,
            $"deployment {Info.DeploymentId} of {application} is under way ({Info.Status}): {who} began it{since}{(lease?.RunUrl is { } url ? $", {url}" : "")}{beat}",
            "wait for it (`mldeploy status --target aws`), or end it with `mldeploy abort --target aws`");
    }

    /// <summary>A task set knows the deployment that made it.</summary>
    private static async Task<string?> TaskDefinitionAsync(AwsSession session, DeploymentPlace place, string id, CancellationToken stop)
    {
        var service = (await session.Ecs.DescribeServicesAsync(new Clients.Ecs.DescribeServicesRequest { Cluster = place.Cluster, Services = [place.Service] }, stop)).Services.FirstOrDefault();
        return service?.TaskSets.FirstOrDefault(set => set.ExternalId == id)?.TaskDefinition;
    }
}

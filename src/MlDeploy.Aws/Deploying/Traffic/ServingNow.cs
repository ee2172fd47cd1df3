using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Stacks;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying.Traffic;

/// <summary>One target group as it is.</summary>
/// <param name="Weight">Share of production traffic, 0–1.</param>
/// <param name="TaskDefinition">ARN; null when no task set is behind it.</param>
public sealed record ServingGroup(string Name, TargetGroupPlace Place, double Weight, string? TaskDefinition, int Running, int Healthy, int Targets)
{
    public string? Revision => TaskDefinition?[(TaskDefinition.LastIndexOf('/') + 1)..];

    public override string ToString() =>
        $"{Revision ?? "nothing"} ({Name}) {Words.Percent(Weight)}, {Healthy} of {Targets} targets healthy";
}

/// <summary>What serves what, read back from the listener, the target groups and the task sets.</summary>
public sealed record ServingNow(ServingGroup Blue, ServingGroup Green)
{
    public ImmutableArray<ServingGroup> Groups => [Blue, Green];

    /// <summary>The group with the larger share.</summary>
    public ServingGroup Live => Green.Weight > Blue.Weight ? Green : Blue;

    public ServingGroup Idle => Live == Green ? Blue : Green;

    /// <summary>Whether both groups get production traffic.</summary>
    public bool IsSplit => Idle.Weight > 0;

    public ServingGroup? With(string taskDefinition) => Groups.FirstOrDefault(group => group.TaskDefinition == taskDefinition);

    /// <summary>For a reader who has to act on it.</summary>
    public override string ToString() => string.Join("; ", Groups.Where(group => group.Weight > 0 || group.TaskDefinition is not null).OrderByDescending(group => group.Weight));
}

/// <summary>Reads back what was set: nothing is claimed that was not read.</summary>
public sealed class TrafficReader(AwsSession session, DeploymentPlace place)
{
    /// <returns>The green group's share, 0–1; null when the listener sends to neither group.</returns>
    public async Task<double?> GreenShareAsync(CancellationToken stop)
    {
        var listener = (await session.ElasticLoadBalancing.DescribeListenersAsync(new DescribeListenersRequest { ListenerArns = [place.ProductionListener] }, stop)).Listeners.FirstOrDefault();
        return listener is not null && LiveTraffic.Of(listener, place.Blue.Arn, place.Green.Arn) is { Live: not null } traffic ? traffic.GreenShare : null;
    }

    public async Task<ServingNow> ReadAsync(CancellationToken stop)
    {
        var green = await GreenShareAsync(stop);
        var service = (await session.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Cluster = place.Cluster, Services = [place.Service] }, stop)).Services.FirstOrDefault();
        return new ServingNow(
            await GroupAsync("blue", place.Blue, green is null ? 0 : 1 - green.Value, service, stop),
            await GroupAsync("green", place.Green, green ?? 0, service, stop));
    }

    private async Task<ServingGroup> GroupAsync(string name, TargetGroupPlace group, double weight, Service? service, CancellationToken stop)
    {
        var set = service?.TaskSets.Where(set => set.LoadBalancers.Any(balancer => balancer.TargetGroupArn == group.Arn) && set.Status != "DRAINING").MaxBy(set => set.CreatedAt);
        var targets = (await session.ElasticLoadBalancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = group.Arn }, stop)).TargetHealthDescriptions
            .Where(target => target.TargetHealth.State != "draining").ToArray();
        return new ServingGroup(
            name, group, weight, set?.TaskDefinition, set?.RunningCount ?? 0, targets.Count(target => target.TargetHealth.State == "healthy"), targets.Length);
    }
}

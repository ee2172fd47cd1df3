using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>The first tasks never became healthy.</summary>
/// <param name="message">How many stopped, why, and their last log lines.</param>
internal sealed class ServiceNeverStartedException(string message) : Exception(message);

/// <summary>
/// Watches the tasks while CloudFormation creates the service: ECS starts a task that fails again and again, its circuit breaker does not
/// cover services that CodeDeploy deploys, and CloudFormation would wait for hours. Given up after three times the time that the manifest
/// gives a start, and only when a task has stopped: pulling a large image takes long and is no failure.
/// </summary>
public sealed class ServiceStart(AwsSession session, TimeSpan startWithin, IProgress<ProvisioningNews> progress, TimeProvider clock)
{
    /// <summary>How many times the manifest's `startWithin` the first tasks may take.</summary>
    private const int Patience = 3;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private readonly List<EcsTask> stopped = [];
    private long? firstSeen;
    private long? lastLook;

    private TimeSpan Limit => startWithin * Patience;

    /// <exception cref="ServiceNeverStartedException">It is to be given up.</exception>
    internal async Task LookAsync(StackWatch watch, CancellationToken stop)
    {
        if (watch.UnderWay.FirstOrDefault(entry => entry.ResourceType == "AWS::ECS::Service" && entry.ResourceStatus == "CREATE_IN_PROGRESS") is not { } service
            || ServiceName.Of(service.PhysicalResourceId) is not { } name)
        {
            firstSeen = null;
            return;
        }

        firstSeen ??= clock.GetTimestamp();
        if (lastLook is { } last && clock.GetElapsedTime(last) < Pause)
        {
            return;
        }

        await StoppedTasksAsync(name, stop);
        lastLook = clock.GetTimestamp();
        if (stopped.Count > 0 && Elapsed(service) >= Limit)
        {
            throw new ServiceNeverStartedException(await ExplainAsync(name, stop));
        }
    }

    /// <summary>A short `startWithin` is not looked at in steps longer than itself.</summary>
    private TimeSpan Pause => startWithin < LookEvery ? startWithin : LookEvery;

    /// <summary>Seen from here, or by the service's own clock: a service that an earlier run began to create is not given its time again.</summary>
    private TimeSpan Elapsed(StackEvent service)
    {
        var here = clock.GetElapsedTime(firstSeen!.Value);
        var there = stopped.Max(task => task.StoppedAt ?? task.StoppingAt ?? service.Timestamp) - service.Timestamp;
        return here > there ? here : there;
    }

    private async Task StoppedTasksAsync(ServiceName name, CancellationToken stop)
    {
        ImmutableArray<string> arns;
        try
        {
            arns = (await session.Ecs.ListTasksAsync(new ListTasksRequest { Cluster = name.Cluster, ServiceName = name.Service, DesiredStatus = "STOPPED" }, stop)).TaskArns;
        }
        catch (AwsServiceException early) when (early.Kind == AwsFailureKind.NotFound || early.Code == "ServiceNotFoundException")
        {
            return;
        }

        arns = [.. arns.Where(arn => !told.Contains(arn)).Take(100)];
        if (arns.IsEmpty)
        {
            return;
        }

        foreach (var task in (await session.Ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = name.Cluster, Tasks = arns }, stop)).Tasks.Where(task => task.LastStatus is "STOPPED" or "DEPROVISIONING" or "STOPPING").OrderBy(task => task.StoppingAt))
        {
            told.Add(task.TaskArn);
            stopped.Add(task);
            progress.Report(new(NewsKind.Failed, $"a task stopped: {StoppedTask.Reason(task)}", task.StoppedAt ?? task.StoppingAt));
        }
    }

    private async Task<string> ExplainAsync(ServiceName name, CancellationToken stop)
    {
        ImmutableArray<EcsTask> inOrder = [.. stopped.OrderBy(task => task.StoppingAt ?? task.StoppedAt ?? DateTimeOffset.MinValue)];
        return $"the application never became healthy: {stopped.Count} {(stopped.Count == 1 ? "task" : "tasks")} of service {name.Service} stopped within {Words.Of(Limit)} (3 × application.health.startWithin),"
            + $" the last because: {StoppedTask.Reason(inOrder[^1])}{await StoppedTask.LastWordsAsync(session, inOrder, clock, stop)}";
    }
}

/// <param name="Cluster">Name, not ARN.</param>
internal sealed record ServiceName(string Cluster, string Service)
{
    /// <summary>From `arn:aws:ecs:…:service/CLUSTER/SERVICE`; null for anything else.</summary>
    public static ServiceName? Of(string? arn) =>
        arn is not null && arn.Contains(":service/", StringComparison.Ordinal) && arn.Split('/') is [_, var cluster, var service] ? new ServiceName(cluster, service) : null;
}

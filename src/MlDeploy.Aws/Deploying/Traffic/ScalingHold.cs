using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.ApplicationAutoScaling;

namespace MlDeploy.Aws.Deploying.Traffic;

/// <summary>
/// Holds the number of tasks while traffic shifts: a scaling event that leaves the service unsteady for five minutes fails the
/// deployment. Not by suspending, which nothing would undo when this process dies: the bounds are set to the present number, under a
/// one-time scheduled action that sets them back, three minutes ahead and put off once a minute.
/// </summary>
public sealed class ScalingHold(ApplicationAutoScalingClient scaling, DeploymentPlace place, TimeProvider clock)
{
    private const string Namespace = "ecs";
    private const string Dimension = "ecs:service:DesiredCount";

    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(3);

    private volatile ScalableTarget? held;

    private string ActionName => $"{place.Application}-release";

    /// <param name="tasks">How many run now.</param>
    /// <returns>What is held; null for an application that does not scale.</returns>
    public async Task<string?> TakeAsync(int tasks, CancellationToken stop)
    {
        var target = (await scaling.DescribeScalableTargetsAsync(
            new DescribeScalableTargetsRequest { ServiceNamespace = Namespace, ResourceIds = [place.ScalableResource], ScalableDimension = Dimension }, stop)).ScalableTargets.FirstOrDefault();
        if (target is null || target.MinCapacity == target.MaxCapacity)
        {
            return null;
        }

        var number = Math.Clamp(tasks, target.MinCapacity, target.MaxCapacity);
        await PutOffAsync(target, stop);
        held = target;
        await BoundsAsync(number, number, stop);
        return string.Create(CultureInfo.InvariantCulture, $"autoscaling ({target.MinCapacity} to {target.MaxCapacity} tasks) is held at {number} while traffic shifts");
    }

    /// <summary>The release stays three minutes ahead. A failure is not one of the deployment: scaling is then released early.</summary>
    public async Task RenewAsync(CancellationToken stop)
    {
        if (held is { } target)
        {
            try
            {
                await PutOffAsync(target, stop);
            }
            catch (AwsServiceException)
            {
                // The next minute tries again.
            }
        }
    }

    /// <summary>Safe to repeat; nothing happens when nothing is held.</summary>
    public async Task ReleaseAsync(CancellationToken stop)
    {
        if (held is not { } target)
        {
            return;
        }

        await BoundsAsync(target.MinCapacity, target.MaxCapacity, stop);
        held = null;
        try
        {
            await scaling.DeleteScheduledActionAsync(
                new DeleteScheduledActionRequest { ServiceNamespace = Namespace, ScheduledActionName = ActionName, ResourceId = place.ScalableResource, ScalableDimension = Dimension }, stop);
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound || gone.Code == "ObjectNotFoundException")
        {
            // It has had its time.
        }
    }

    /// <summary>What a run that died holds: taken over by the one that adopts its deployment.</summary>
    public async Task AdoptAsync(CancellationToken stop)
    {
        var left = (await scaling.DescribeScheduledActionsAsync(
            new DescribeScheduledActionsRequest { ServiceNamespace = Namespace, ResourceId = place.ScalableResource, ScalableDimension = Dimension, ScheduledActionNames = [ActionName] }, stop)).ScheduledActions.FirstOrDefault();
        if (left?.ScalableTargetAction is { MinCapacity: { } least, MaxCapacity: { } most })
        {
            held = new ScalableTarget { ResourceId = place.ScalableResource, MinCapacity = least, MaxCapacity = most };
        }
    }

    private Task PutOffAsync(ScalableTarget target, CancellationToken stop) => scaling.PutScheduledActionAsync(
        new PutScheduledActionRequest
        {
            ServiceNamespace = Namespace,
            ScheduledActionName = ActionName,
            ResourceId = place.ScalableResource,
            ScalableDimension = Dimension,
            Schedule = (clock.GetUtcNow() + Ahead).UtcDateTime.ToString("'at('yyyy-MM-dd'T'HH:mm:ss')'", CultureInfo.InvariantCulture),
            ScalableTargetAction = new ScalableTargetAction { MinCapacity = target.MinCapacity, MaxCapacity = target.MaxCapacity },
        },
        stop);

    private Task<RegisterScalableTargetResponse> BoundsAsync(int least, int most, CancellationToken stop) => scaling.RegisterScalableTargetAsync(
        new RegisterScalableTargetRequest
        {
            ServiceNamespace = Namespace,
            ResourceId = place.ScalableResource,
            ScalableDimension = Dimension,
            MinCapacity = least,
            MaxCapacity = most,
        },
        stop);
}

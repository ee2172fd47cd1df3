using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;

namespace MlDeploy.Aws.Deploying;

/// <summary>Where CodeDeploy is in a shift, by its own clock.</summary>
public static class CodeDeployClock
{
    /// <returns>When production traffic began to move; null before that.</returns>
    public static async Task<DateTimeOffset?> ShiftBeganAsync(CodeDeployClient codeDeploy, string deployment, CancellationToken stop)
    {
        try
        {
            var targets = await codeDeploy.ListDeploymentTargetsAsync(new ListDeploymentTargetsRequest { DeploymentId = deployment }, stop);
            if (targets.TargetIds.IsEmpty)
            {
                return null;
            }

            var target = (await codeDeploy.GetDeploymentTargetAsync(new GetDeploymentTargetRequest { DeploymentId = deployment, TargetId = targets.TargetIds[0] }, stop)).DeploymentTarget;
            return target.EcsTarget?.LifecycleEvents.FirstOrDefault(happened => happened.LifecycleEventName == "AllowTraffic")?.StartTime;
        }
        catch (AwsServiceException early) when (early.Code == "DeploymentNotStartedException")
        {
            return null;
        }
    }

    /// <returns>Until the next shift of a canary or linear deployment; zero when it is due.</returns>
    public static TimeSpan UntilNextShift(DateTimeOffset began, TimeSpan interval, DateTimeOffset now)
    {
        if (interval <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var into = TimeSpan.FromTicks(Math.Max(0, (now - began).Ticks) % interval.Ticks);
        return interval - into;
    }
}

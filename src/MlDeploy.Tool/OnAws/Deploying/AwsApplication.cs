using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>A provisioned application with what it serves.</summary>
internal sealed record AwsApplication(StandingApplication Standing, DeploymentPlace Place)
{
    /// <exception cref="ExpectedException">It is not provisioned.</exception>
    public static async Task<AwsApplication> FindAsync(AwsSession session, string name, CancellationToken stop)
    {
        var standing = await StandingApplication.FindAsync(session, name, stop) ?? throw AwsAccess.NotProvisioned(name, StackNames.Of(name, StackKind.Application));
        return new AwsApplication(standing, DeploymentPlace.Of(standing));
    }

    /// <summary>What serves: a deployment needs something to go back to.</summary>
    public async Task<(ServingNow Serving, DeployedVersion Stable)> StableAsync(AwsSession session, RunningDeployment? adopted, CancellationToken stop)
    {
        var serving = await new TrafficReader(session, Place).ReadAsync(stop);
        var stable = adopted is null ? serving.Live : serving.Groups.FirstOrDefault(group => group.TaskDefinition is not null && group.TaskDefinition != adopted.TaskDefinition) ?? serving.Live;
        return stable.TaskDefinition is { } definition && await DeployedVersion.ReadAsync(session.Ecs, definition, stop) is { } version
            ? (serving, version)
            : throw new ExpectedException(
                ExitCode.TargetFailed,
                $"nothing serves {Place.Application}, so there would be nothing to go back to ({serving})",
                "`mldeploy status --target aws` shows what the service does, `mldeploy logs --target aws` why");
    }

    /// <summary>The one that is under way; one that is just being undone is waited for.</summary>
    public async Task<RunningDeployment?> RunningAsync(AwsSession session, CommandContext context)
    {
        var told = false;
        while (true)
        {
            var running = await RunningDeployment.FindAsync(session, Place, context.Clock, context.Stop);
            if (running is not { IsRollback: true })
            {
                return running;
            }

            if (!told)
            {
                context.Progress.State($"CodeDeploy brings stable back with deployment {running.Info.DeploymentId}; waiting for it to end");
                told = true;
            }

            await Task.Delay(TimeSpan.FromSeconds(5), context.Clock, context.Stop);
        }
    }
}

using MlDeploy.Aws.Clients;

namespace MlDeploy.Aws.Deploying;

/// <summary>Stops a deployment that another process judges, or nobody.</summary>
public sealed class DeploymentStopping(AwsSession session, TimeProvider clock, Action<string> note)
{
    /// <returns>Null when it was stopped and CodeDeploy's rollback succeeded; else what went wrong.</returns>
    public async Task<string?> StopAndFollowAsync(string deployment, CancellationToken cancel)
    {
        var stopping = new DeploymentStop(session.CodeDeploy, clock, note);
        return await stopping.StopAsync(deployment, cancel) is { } refused
            ? $"StopDeployment of {deployment} was refused: {refused}"
            : await stopping.FollowAsync(deployment, stopped: true, cancel);
    }
}

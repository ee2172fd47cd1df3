using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>Says stable serves only when listener, targets and task sets say so; else what serves what and what to do.</summary>
internal sealed class StableReadBack(TrafficReader traffic, DeployedVersion stable, string region, TimeProvider clock)
{
    private const double Tolerance = 0.001;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(3);

    /// <param name="deployment">Null when none was created.</param>
    /// <param name="over">Whether it was seen at its end: nothing is left to stop then.</param>
    /// <param name="trouble">What went wrong with its rollback: waiting changes nothing then. Null when nothing did.</param>
    /// <returns><see cref="StableVerified"/> or <see cref="StableNotVerified"/>.</returns>
    public async Task<RolloutEvent> VerifyAsync(string? deployment, bool over, string? trouble, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        ServingNow? serving = null;
        string? unread = null;
        while (true)
        {
            try
            {
                serving = await traffic.ReadAsync(cancel);
                unread = null;
                if (serving.Live is { Healthy: > 0 } live && live.Weight > 1 - Tolerance && live.TaskDefinition == stable.TaskDefinition)
                {
                    return new StableVerified(stable.Id);
                }
            }
            catch (AwsServiceException failure)
            {
                unread = Words.FirstLine(failure.Message);
            }

            if (clock.GetElapsedTime(began) > (trouble is null ? Within : TimeSpan.Zero))
            {
                return new StableNotVerified(
                    trouble ?? unread ?? $"{stable.Revision} does not serve 100 % with healthy targets",
                    serving is null || unread is not null ? "unknown, since it cannot be read" : serving.ToString(),
                    Remedy(deployment, over));
            }

            await Task.Delay(LookEvery, clock, cancel);
        }
    }

    private string Remedy(string? deployment, bool over) =>
        deployment is null ? "run `mldeploy status --target aws`"
        : over ? "run `mldeploy status --target aws`; while it still serves the candidate, `mldeploy rollback --target aws` brings the earlier version back"
        : $"run `aws deploy stop-deployment --deployment-id {deployment} --auto-rollback-enabled --region {region}`, then `mldeploy status --target aws`; when it still serves the candidate, `mldeploy rollback --target aws`";
}

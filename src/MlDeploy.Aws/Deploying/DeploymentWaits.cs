using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>CodeDeploy's two waits that a caller ends: before production traffic moves, and before the old version is removed.</summary>
public sealed class DeploymentWaits(CodeDeployClient codeDeploy, TimeProvider clock)
{
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(5);

    /// <summary>From the status Ready to a wait that can be ended.</summary>
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(1);

    /// <summary>Nobody waits for the old version's removal but the last line of output: calls are counted.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(20);

    /// <summary>Of removing the old version's tasks, which drain.</summary>
    private static readonly TimeSpan SucceedWithin = TimeSpan.FromMinutes(20);

    /// <summary>Why the second wait could not be ended; null when it was, or was over already.</summary>
    public string? Refused { get; private set; }

    /// <summary>Lets production traffic move. An answer may be lost and the call repeated: a deployment that goes on already was told.</summary>
    /// <exception cref="AwsServiceException">It is Ready, but its wait cannot be ended.</exception>
    public async Task BeginShiftAsync(string id, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await codeDeploy.ContinueDeploymentAsync(new ContinueDeploymentRequest { DeploymentId = id, DeploymentWaitType = "READY_WAIT" }, cancel);
                return;
            }
            catch (AwsServiceException early) when (early.Code is "DeploymentIsNotInReadyStateException" or "InvalidDeploymentStatusException")
            {
                if ((await codeDeploy.GetDeploymentAsync(new GetDeploymentRequest { DeploymentId = id }, cancel)).DeploymentInfo.Status != CodeDeployStatus.Ready)
                {
                    return;
                }

                if (clock.GetElapsedTime(began) > ReadyWithin)
                {
                    throw;
                }
            }

            await Task.Delay(TryEvery, clock, cancel);
        }
    }

    /// <summary>
    /// Ends the wait before the old version is removed, and follows the deployment to its end. All traffic is at the candidate by now:
    /// what is refused or cannot be read is tried again, and CodeDeploy's own clock ends the wait in any case.
    /// </summary>
    /// <param name="wait">How long CodeDeploy would wait by itself.</param>
    /// <returns>As last read; null when it could not be.</returns>
    /// <exception cref="AwsServiceException">It may not be read or ended by us.</exception>
    public async Task<DeploymentInfo?> UntilSucceededAsync(string id, TimeSpan wait, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var ended = false;
        DeploymentInfo? last = null;
        while (true)
        {
            try
            {
                last = (await codeDeploy.GetDeploymentAsync(new GetDeploymentRequest { DeploymentId = id }, cancel)).DeploymentInfo;
                if (CodeDeployStatus.IsOver(last.Status))
                {
                    return last;
                }

                ended = ended || await TryEndAsync(id, cancel);
            }
            catch (AwsServiceException failure) when (failure.Kind != AwsFailureKind.AccessDenied)
            {
                // Read again.
            }

            if (clock.GetElapsedTime(began) > (ended ? SucceedWithin : SucceedWithin + wait))
            {
                return last;
            }

            await Task.Delay(LookEvery, clock, cancel);
        }
    }

    /// <summary>Refused while the traffic has just moved, and once the wait is over.</summary>
    private async Task<bool> TryEndAsync(string id, CancellationToken cancel)
    {
        try
        {
            await codeDeploy.ContinueDeploymentAsync(new ContinueDeploymentRequest { DeploymentId = id, DeploymentWaitType = "TERMINATION_WAIT" }, cancel);
            Refused = null;
            return true;
        }
        catch (AwsServiceException refused) when (refused.Kind != AwsFailureKind.AccessDenied)
        {
            Refused = $"{refused.Code}: {Words.FirstLine(refused.Message)}";
            return false;
        }
    }
}

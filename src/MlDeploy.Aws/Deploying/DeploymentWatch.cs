using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>
/// Looks after a deployment while the way to AWS may be broken: what cannot be read is read again, for as long as heartbeats arrive or have
/// stopped a short while ago only.
/// </summary>
internal sealed class DeploymentWatch(CodeDeployClient codeDeploy, HeartbeatLoop heartbeat, EndedOutside ended, TimeProvider clock)
{
    /// <summary>As long as the dead man's switch may take at most.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    /// <returns>Null when it cannot be read now.</returns>
    /// <exception cref="OutsideEventException">No heartbeat has arrived for so long that it is over, whether that can be read or not.</exception>
    public async Task<DeploymentInfo?> LookAsync(string id, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return (await codeDeploy.GetDeploymentAsync(new GetDeploymentRequest { DeploymentId = id }, either.Token)).DeploymentInfo;
        }
        catch (Exception failure) when (failure is AwsServiceException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            RefuseSilence();
            return null;
        }
    }

    /// <returns>Whether it could be read.</returns>
    /// <exception cref="OutsideEventException">It is over, or nobody could know since no heartbeat arrives.</exception>
    public async Task<bool> IsUnderWayAsync(string id, CancellationToken cancel)
    {
        var info = await LookAsync(id, cancel);
        if (info is not null && CodeDeployStatus.IsOver(info.Status))
        {
            throw new OutsideEventException(await ended.TellAsync(info, cancel));
        }

        RefuseSilence();
        return info is not null;
    }

    /// <summary>Makes a call again that fails in passing.</summary>
    /// <exception cref="OutsideEventException">No heartbeat has arrived for so long that the deployment is over.</exception>
    /// <exception cref="MlDeploy.Core.Errors.ExpectedException">It fails otherwise.</exception>
    public async Task<T> ThroughAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await call(cancel);
            }
            catch (AwsServiceException passing) when (passing.Kind is AwsFailureKind.Transient or AwsFailureKind.Unreachable or AwsFailureKind.Throttled)
            {
                RefuseSilence();
            }
            catch (AwsServiceException failure)
            {
                throw AwsFailures.AsExpected(failure);
            }

            await Task.Delay(AgainAfter, clock, cancel);
        }
    }

    private void RefuseSilence()
    {
        if (heartbeat.SinceLastBeat > GivenUp)
        {
            throw new OutsideEventException(ended.Silent(heartbeat.Trouble ?? "no answer"));
        }
    }
}

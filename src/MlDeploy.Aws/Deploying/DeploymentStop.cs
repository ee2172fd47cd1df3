using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>Stops a deployment so that CodeDeploy brings stable back, and follows that to its end.</summary>
internal sealed class DeploymentStop(CodeDeployClient codeDeploy, TimeProvider clock, Action<string> note)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>One attempt; the next follows at once.</summary>
    private static readonly TimeSpan AttemptPatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(90);

    /// <summary>Of a deployment that was stopped, until CodeDeploy has made the one that undoes it.</summary>
    private static readonly TimeSpan RollbackBeginsWithin = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan RollbackWithin = TimeSpan.FromMinutes(20);

    /// <summary>The dead man's switch needs three minutes.</summary>
    private static readonly TimeSpan AlarmWithin = TimeSpan.FromMinutes(5);

    /// <summary>Whether the deployment was seen at its end: nothing is left to stop then.</summary>
    public bool SeenOver { get; private set; }

    /// <returns>Null when it took effect, or the deployment is over; else why not.</returns>
    public async Task<string?> StopAsync(string id, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            string trouble;
            var final = false;
            using var late = new CancellationTokenSource(AttemptPatience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            try
            {
                await codeDeploy.StopDeploymentAsync(new StopDeploymentRequest { DeploymentId = id, AutoRollbackEnabled = true }, either.Token);
                return null;
            }
            catch (AwsServiceException over) when (over.Code == "DeploymentAlreadyCompletedException")
            {
                return null;
            }
            catch (AwsServiceException failure)
            {
                trouble = $"{failure.Code}: {Words.FirstLine(failure.Message)}";
                final = failure.Kind is AwsFailureKind.AccessDenied or AwsFailureKind.InvalidCredentials or AwsFailureKind.ExpiredCredentials;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                trouble = $"no answer within {AttemptPatience.TotalSeconds:0} s";
            }

            // What is denied is denied again, while the candidate still serves.
            if (final || clock.GetElapsedTime(began) > StopWithin)
            {
                return trouble;
            }

            note($"StopDeployment failed, and is tried again: {trouble}");
            await Task.Delay(LookEvery, clock, cancel);
        }
    }

    /// <summary>Follows the deployment, and the one that undoes it by its own id, to their ends.</summary>
    /// <param name="stopped">False when it has to be stopped by the alarm.</param>
    /// <returns>Null when the rollback succeeded or none was needed; else what went wrong.</returns>
    public async Task<string?> FollowAsync(string id, bool stopped, CancellationToken cancel)
    {
        var ended = await UntilAsync(id, CodeDeployIsOver, stopped ? RollbackWithin : AlarmWithin, cancel);
        if (ended is null || !CodeDeployStatus.IsOver(ended.Status))
        {
            return $"deployment {id} is still {ended?.Status ?? "not readable"}";
        }

        SeenOver = true;
        if (ended.Status == CodeDeployStatus.Succeeded)
        {
            return $"deployment {id} had succeeded before it could be stopped";
        }

        var undone = ended.RollbackInfo?.RollbackDeploymentId is { Length: > 0 }
            ? ended
            : await UntilAsync(id, info => info.RollbackInfo?.RollbackDeploymentId is { Length: > 0 }, RollbackBeginsWithin, cancel);
        if (undone?.RollbackInfo?.RollbackDeploymentId is not { Length: > 0 } rollback)
        {
            // None is made where no traffic had moved; whether stable serves is read back in any case.
            return null;
        }

        note($"CodeDeploy rolls back with deployment {rollback}");
        var end = await UntilAsync(rollback, CodeDeployIsOver, RollbackWithin, cancel);
        return end?.Status == CodeDeployStatus.Succeeded ? null : $"the rollback deployment {rollback} {(end is null ? "cannot be read" : $"is {end.Status}: {CodeDeployStatus.Why(end)}")}";
    }

    private static bool CodeDeployIsOver(DeploymentInfo info) => CodeDeployStatus.IsOver(info.Status);

    /// <returns>As last read; null when it could not be.</returns>
    private async Task<DeploymentInfo?> UntilAsync(string id, Func<DeploymentInfo, bool> reached, TimeSpan within, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        DeploymentInfo? last = null;
        while (true)
        {
            try
            {
                last = (await codeDeploy.GetDeploymentAsync(new GetDeploymentRequest { DeploymentId = id }, cancel)).DeploymentInfo;
                if (reached(last))
                {
                    return last;
                }
            }
            catch (AwsServiceException) when (clock.GetElapsedTime(began) <= within)
            {
                // Read again.
            }
            catch (AwsServiceException)
            {
                return last;
            }

            if (clock.GetElapsedTime(began) > within)
            {
                return last;
            }

            await Task.Delay(LookEvery, clock, cancel);
        }
    }
}

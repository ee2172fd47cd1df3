using MlDeploy.Core.Report;

namespace MlDeploy.Core.Rollout;

/// <summary>What goes on in one phase, until it ends, a request with a meaning comes in, or the deadline passes: what happened first is the event.</summary>
/// <param name="state">Where the rollout stands meanwhile.</param>
/// <param name="told">How an exception is told.</param>
/// <param name="note">Writes down what changes no state.</param>
internal sealed class InterruptibleActivity(
    RolloutPlan plan, RolloutState state, RolloutRequests requests, TimeProvider clock, Func<Exception, string> told, Action<string> note)
{
    /// <param name="left">Until the deadline.</param>
    public async Task<RolloutEvent> RunAsync(Func<CancellationToken, Task<RolloutEvent>> activity, TimeSpan left, CancellationToken cancel)
    {
        if (left <= TimeSpan.Zero)
        {
            return new DeadlinePassed();
        }

        // Asked while nothing could be interrupted: the activity need not even begin.
        while (requests.TryNext(out var pending))
        {
            if (IsTaken(pending!))
            {
                return pending!;
            }
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var acting = activity(stop.Token);
        var asked = RequestAsync(stop.Token);
        await Task.WhenAny(acting, asked, Task.Delay(left, clock, stop.Token));
        // What an activity says after it was cancelled may only be about its being cancelled.
        var finished = acting.IsCompleted;
        await stop.CancelAsync();
        var ended = await SettleAsync(acting);
        var request = await SettleAsync(asked);
        cancel.ThrowIfCancellationRequested();
        // Both may come at the same moment: a failure outweighs a wish to go on, nothing else outweighs a wish.
        return request is not null ? (request is AdvanceRequested or PromoteRequested && IsFailure(ended) ? ended! : request)
            : !finished ? new DeadlinePassed()
            : ended ?? new TargetFailed("unexpected: what was under way was cancelled by nobody");
    }

    private bool IsFailure(RolloutEvent? ended) =>
        ended is not null && RolloutMachine.Next(plan, state, ended, state.Since).Phase == Phase.RollingBack;

    private async Task<RolloutEvent> RequestAsync(CancellationToken cancel)
    {
        while (true)
        {
            var request = await requests.NextAsync(cancel);
            if (IsTaken(request))
            {
                return request;
            }
        }
    }

    /// <summary>A request that means nothing where the rollout stands is told and dropped: it must not disturb what is under way.</summary>
    private bool IsTaken(RolloutEvent request)
    {
        if (RolloutMachine.HasMeaning(plan, state, request))
        {
            return true;
        }

        note($"{Verdicts.Tell(request, plan)}: without effect, since the rollout is {Verdicts.Name(state.Phase)}");
        return false;
    }

    /// <summary>Null when it was cancelled; a failure nobody foresaw is a failed target, so that stable is restored.</summary>
    private async Task<RolloutEvent?> SettleAsync(Task<RolloutEvent> acting)
    {
        try
        {
            return await acting;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (OutsideEventException outside)
        {
            return outside.Happened;
        }
        catch (Exception failure)
        {
            return new TargetFailed(told(failure));
        }
    }
}

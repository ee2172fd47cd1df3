using MlDeploy.Aws.Clients.CloudFormation;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>Takes up what goes on in a stack already, begun by an earlier run that was killed or by somebody else.</summary>
internal sealed class StackAdoption(
    CloudFormationClient cloudFormation,
    ChangeSets changeSets,
    StackFollowing following,
    FirstTasksFollowing firstTasks,
    ProvisioningOptions options,
    IProgress<ProvisioningNews> progress,
    TimeProvider clock)
{
    /// <summary>How long a change set of somebody else may wait for its execution before it is taken for abandoned.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, long> waitedFor = new(StringComparer.Ordinal);

    /// <summary>Who else changed the stack last; null as far as is known: nobody.</summary>
    public StackHolder? Other { get; private set; }

    /// <summary>Waits until what goes on has ended.</summary>
    public async Task WaitAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        var holder = await changeSets.HolderAsync(stack, stop);
        var deletes = stack.StackStatus.StartsWith("DELETE", StringComparison.Ordinal);
        var since = (deletes ? stack.DeletionTime : null) ?? stack.LastUpdatedTime ?? stack.CreationTime;
        progress.Report(new(NewsKind.Notice, $"stack {stack.StackName} {StackStates.Tell(stack.StackStatus)} since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(holder is null ? "" : $" by {holder}")}: waiting for it, then going on"));
        following.UnderWay = $"stack {stack.StackName} {StackStates.Tell(stack.StackStatus)}, begun{(holder is null ? "" : $" by {holder}")} before this run";
        await (deletes ? following.FollowAsync(id, null, since, start: null, stop) : firstTasks.FollowAsync(id, null, since, stop));
        Other = holder;
    }

    /// <summary>Goes on with a way back that failed (UPDATE_ROLLBACK_FAILED).</summary>
    public async Task ContinueAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        progress.Report(new(NewsKind.Notice, $"stack {stack.StackName} is in {stack.StackStatus}: going on with the way back"));
        var last = await following.LastEventAsync(id, stop);
        following.UnderWay = $"CloudFormation goes on taking back stack {stack.StackName}";
        await cloudFormation.ContinueUpdateRollbackAsync(new ContinueUpdateRollbackRequest { StackName = id }, stop);
        await following.FollowAsync(id, last, DateTimeOffset.MinValue, start: null, stop);
    }

    /// <summary>
    /// Change sets that nobody executed: those of this very holder are what a killed run of it left; another's is given its time to be
    /// executed, then taken for abandoned.
    /// </summary>
    /// <returns>False when the stack is to be looked at again.</returns>
    public async Task<bool> ClearAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        foreach (var set in await changeSets.LeftoversAsync(id, stop))
        {
            var holder = StackHolder.Read(set.Description);
            if (holder is not null && holder != options.Holder && !IsAbandoned(set))
            {
                Other = holder;
                progress.Report(new(NewsKind.Notice, $"{holder} is about to change stack {stack.StackName}: waiting for it"));
                await Task.Delay(options.Pace.Slowest, clock, stop);
                return false;
            }

            progress.Report(new(NewsKind.Notice, $"deleting change set {set.ChangeSetName}, which {holder?.ToString() ?? "an earlier run"} left without executing it"));
            await changeSets.DeleteAsync(id, set.ChangeSetName!, stop);
        }

        return true;
    }

    /// <summary>By the clock of AWS, or by how long it was waited for here: the two clocks may differ.</summary>
    private bool IsAbandoned(ChangeSetSummary set)
    {
        waitedFor.TryAdd(set.ChangeSetName!, clock.GetTimestamp());
        return clock.GetUtcNow() - set.CreationTime >= Abandoned || clock.GetElapsedTime(waitedFor[set.ChangeSetName!]) >= Abandoned;
    }
}

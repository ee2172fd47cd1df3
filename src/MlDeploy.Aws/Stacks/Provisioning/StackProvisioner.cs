using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Stacks.Removal;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>How stacks are to be changed.</summary>
public sealed record ProvisioningOptions
{
    public required StackHolder Holder { get; init; }

    /// <summary>Leaves a stack whose creation failed as it is, to be looked at.</summary>
    public bool Keep { get; init; }

    public PollPace Pace { get; init; } = PollPace.Default;

    /// <summary>Watches the first tasks of a service while it is created.</summary>
    public ServiceStart? Start { get; init; }

    public required Func<string, CreateOnlyProperties?> Schemas { get; init; }
}

public enum StackResult
{
    Unchanged,
    Created,
    Updated,
}

/// <param name="Plan">What was done.</param>
/// <param name="Stack">As it is now, with its outputs.</param>
public sealed record ProvisionedStack(StackResult Result, StackPlan Plan, Stack Stack);

/// <summary>
/// Brings one stack to what the manifest wants, from whatever state it is in. Every step finds out anew where the stack stands, so that
/// what a killed run left is taken up by the next one, and two runs at once follow each other.
/// </summary>
public sealed class StackProvisioner(CloudFormationClient cloudFormation, IProgress<ProvisioningNews> progress, ProvisioningOptions options, TimeProvider clock, Random random)
{
    /// <summary>How often others may get in between before this run gives up.</summary>
    private const int MostRounds = 30;

    /// <summary>What could not be deleted at first, because something else still used it, often can when the rest is gone.</summary>
    private const int MostDeletions = 2;

    /// <summary>How long a change set of somebody else may wait for its execution before it is taken for abandoned.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, long> waitedFor = new(StringComparer.Ordinal);
    private readonly ChangeSets changeSets = new(cloudFormation, clock, options.Pace);
    private StackWatch? watch;
    private StackHolder? other;

    /// <summary>What AWS goes on doing if this process ends now; null: nothing.</summary>
    public string? UnderWay { get; private set; }

    /// <summary>What is waited for, for a heartbeat.</summary>
    public string Waiting => watch?.Waiting ?? "asking CloudFormation";

    /// <param name="want">Renders the stack from its present state; called just before it is sent.</param>
    /// <exception cref="ExpectedException">Exit 7: CloudFormation failed or refused; exit 8: others change the stack all the time; exit 3: it would be refused.</exception>
    public async Task<ProvisionedStack> ProvisionAsync(string name, Func<CancellationToken, Task<WantedStack>> want, CancellationToken stop)
    {
        var remedied = new HashSet<StackState>();
        for (var round = 0; round < MostRounds; round++)
        {
            var stack = await cloudFormation.FindStackAsync(name, stop);
            var state = StackStates.Of(stack?.StackStatus);
            switch (state)
            {
                case StackState.Busy:
                    other = await AdoptAsync(stack!, stop);
                    break;
                case StackState.Ruined or StackState.Stuck or StackState.HalfDeleted when !remedied.Add(state):
                    throw Explain(stack!);
                case StackState.Ruined or StackState.HalfDeleted:
                    progress.Report(new(NewsKind.Notice, $"stack {name} is in {stack!.StackStatus}: it is deleted and made anew"));
                    await DeleteAsync(stack, stop);
                    break;
                case StackState.Stuck:
                    await ContinueAsync(stack!, stop);
                    break;
                default:
                    if (await ChangeAsync(name, stack, state, want, stop) is { } done)
                    {
                        return done;
                    }

                    break;
            }
        }

        throw new ExpectedException(
            ExitCode.LeaseHeld, $"stack {name} is changed by others all the time{(other is null ? "" : $", last by {other}")}",
            "let one run at a time provision an application (in GitHub Actions: `concurrency`), and run it again");
    }

    /// <summary>Deletes a stack from whatever state it is in, and waits until it is gone.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="ExpectedException">Exit 7: something in it cannot be deleted.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken stop)
    {
        var tries = 0;
        for (var round = 0; round < MostRounds; round++)
        {
            var stack = await cloudFormation.FindStackAsync(name, stop);
            switch (StackStates.Of(stack?.StackStatus))
            {
                case StackState.Absent:
                    return round > 0;
                case StackState.Busy when stack!.StackStatus is not ("CREATE_IN_PROGRESS" or "DELETE_IN_PROGRESS"):
                    await AdoptAsync(stack, stop);
                    break;
                default:
                    tries++;
                    progress.Report(new(NewsKind.State, $"stack {name}: deleting"));
                    var outcome = await TryDeleteAsync(stack!, stop);
                    if (!outcome.Succeeded && tries == MostDeletions)
                    {
                        throw NotDeleted(stack!, outcome);
                    }

                    break;
            }
        }

        throw new ExpectedException(ExitCode.LeaseHeld, $"stack {name} is changed by others all the time", "end what else changes it, and run it again");
    }

    /// <summary>Takes out of a stack all but what is kept when it is deleted (DeletionPolicy: Retain).</summary>
    /// <returns>False when nothing was to be taken out.</returns>
    public async Task<bool> ReduceAsync(string name, CancellationToken stop)
    {
        var stack = await cloudFormation.FindStackAsync(name, stop);
        if (StackStates.Of(stack?.StackStatus) is StackState.Absent or StackState.Review or StackState.Ruined)
        {
            return await RemoveAsync(name, stop);
        }

        var done = await ProvisionAsync(
            name,
            async cancel =>
            {
                var now = await cloudFormation.FindStackAsync(name, cancel) ?? stack!;
                var existing = await StackReader.ReadAsync(cloudFormation, now, cancel);
                return new WantedStack("", name, RetainedParts.Only(existing.Template) ?? existing.Template, existing.Tags) { Capabilities = now.Capabilities };
            },
            stop);
        return done.Result != StackResult.Unchanged;
    }

    /// <summary>Deletes a stack and waits until it is gone; a deletion under way is waited for.</summary>
    private async Task DeleteAsync(Stack stack, CancellationToken stop)
    {
        if (await TryDeleteAsync(stack, stop) is { Succeeded: false } outcome)
        {
            throw NotDeleted(stack, outcome);
        }
    }

    private async Task<StackOutcome> TryDeleteAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        var busy = stack.StackStatus == "DELETE_IN_PROGRESS";
        var last = busy ? null : await StackWatch.LastEventAsync(cloudFormation, id, stop);
        if (!busy)
        {
            UnderWay = $"CloudFormation may be deleting stack {stack.StackName}";
            await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = id }, stop);
        }

        UnderWay = $"CloudFormation goes on deleting stack {stack.StackName}";
        var outcome = await FollowAsync(id, last, stack.DeletionTime ?? stack.CreationTime, companion: false, stop);
        progress.Report(outcome.Succeeded
            ? new(NewsKind.Done, $"stack {stack.StackName} is deleted")
            : new(NewsKind.Failed, $"stack {stack.StackName} is in {outcome.Status}: something in it could not be deleted"));
        return outcome;
    }

    private static ExpectedException NotDeleted(Stack stack, StackOutcome outcome)
    {
        var failure = FailureCause.Explain(stack.StackName, "deleting", FailureCause.First(outcome.Events), null, $"it is in {outcome.Status}, and what could not be deleted is still there");
        return new ExpectedException(failure.ExitCode, failure.Message, $"delete what the message names by hand, then run it again; or leave it behind: `aws cloudformation delete-stack --stack-name {stack.StackName} --deletion-mode FORCE_DELETE_STACK`");
    }

    /// <summary>One try to create or update.</summary>
    /// <returns>Null when somebody else was faster, or is about to change the stack.</returns>
    private async Task<ProvisionedStack?> ChangeAsync(string name, Stack? stack, StackState state, Func<CancellationToken, Task<WantedStack>> want, CancellationToken stop)
    {
        if (stack is not null && state != StackState.Absent && !await TakeOverAsync(stack, stop))
        {
            return null;
        }

        var existing = state == StackState.Settled ? await StackReader.ReadAsync(cloudFormation, stack!, stop) : null;
        var wanted = await want(stop);
        var plan = StackPlanner.Plan(wanted, existing, options.Schemas);
        if (plan.Action == StackAction.None)
        {
            progress.Report(new(NewsKind.Done, $"stack {name}: nothing to do"));
            return new ProvisionedStack(StackResult.Unchanged, plan, stack!);
        }

        Refuse(plan, wanted);
        var setName = changeSets.NewName(random);
        var request = Request(wanted, existing, setName);
        var id = name;
        try
        {
            if (await changeSets.CreateAsync(request, stop) is not { } made)
            {
                return null;
            }

            id = made;
            switch (await changeSets.ReadyAsync(id, setName, stop))
            {
                case Contents.Overtaken:
                    return null;
                case Contents.Nothing:
                    await ForgetAsync(name, id, setName, existing is null);
                    progress.Report(new(NewsKind.Done, $"stack {name}: nothing to do"));
                    return new ProvisionedStack(StackResult.Unchanged, plan, stack!);
            }
        }
        catch (Exception)
        {
            await ForgetAsync(name, id, setName, existing is null);
            throw;
        }

        var last = await StackWatch.LastEventAsync(cloudFormation, id, stop);
        UnderWay = $"CloudFormation may be {(existing is null ? "creating" : "updating")} stack {name}";
        if (await changeSets.ExecuteAsync(id, setName, forgetNew: !options.Keep, stop) == Execution.Overtaken)
        {
            UnderWay = null;
            await ForgetAsync(name, id, setName, existing is null);
            return null;
        }

        return await FinishAsync(name, id, last, plan, existing is null, stop);
    }

    private async Task<ProvisionedStack> FinishAsync(string name, string id, string? last, StackPlan plan, bool creates, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        UnderWay = $"CloudFormation goes on {(creates ? "creating" : "updating")} stack {name}";
        progress.Report(new(NewsKind.State, $"stack {name}: {(creates ? $"creating {plan.Resources.Length} {(plan.Resources.Length == 1 ? "resource" : "resources")}" : "updating")}"));
        var outcome = await FollowAsync(id, last, DateTimeOffset.MinValue, companion: true, stop);
        if (!outcome.Succeeded)
        {
            throw await FailedAsync(name, id, outcome, creates, stop);
        }

        var stack = await cloudFormation.FindStackAsync(id, stop) ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {name} was {(creates ? "created" : "updated")}, and is gone", "run `mldeploy provision` again");
        progress.Report(new(NewsKind.Done, $"stack {name} is {(creates ? "created" : "updated")} in {Words.Of(clock.GetElapsedTime(began))}"));
        return new ProvisionedStack(creates ? StackResult.Created : StackResult.Updated, plan, stack);
    }

    /// <summary>A failed create leaves nothing behind, unless that was asked for.</summary>
    private async Task<ExpectedException> FailedAsync(string name, string id, StackOutcome outcome, bool creates, CancellationToken stop)
    {
        var cause = FailureCause.First(outcome.Events);
        var reason = outcome.Events.LastOrDefault(entry => entry.PhysicalResourceId == id && entry.ResourceStatusReason is not null)?.ResourceStatusReason;
        if (!creates)
        {
            var back = outcome.Status == "UPDATE_ROLLBACK_COMPLETE" ? "the stack is as it was before" : $"the stack is in {outcome.Status}: `mldeploy provision` continues from there";
            return FailureCause.Explain(name, "updating", cause, reason, back);
        }

        if (options.Keep)
        {
            return FailureCause.Explain(name, "creating", cause, reason, $"what was created is kept ({outcome.Status}); `mldeploy provision` deletes it and begins anew");
        }

        if (await cloudFormation.FindStackAsync(id, stop) is { } left && StackStates.Of(left.StackStatus) != StackState.Absent)
        {
            await DeleteAsync(left, stop);
        }

        return FailureCause.Explain(name, "creating", cause, reason, "nothing of it is left");
    }

    /// <summary>Waits for what goes on already: an earlier run of ours that was killed, or somebody else.</summary>
    private async Task<StackHolder?> AdoptAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        var holder = await changeSets.HolderAsync(stack, stop);
        var since = (stack.StackStatus.StartsWith("DELETE", StringComparison.Ordinal) ? stack.DeletionTime : null) ?? stack.LastUpdatedTime ?? stack.CreationTime;
        progress.Report(new(NewsKind.Notice, $"stack {stack.StackName} {StackStates.Tell(stack.StackStatus)} since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(holder is null ? "" : $" by {holder}")}: waiting for it, then going on"));
        UnderWay = $"stack {stack.StackName} {StackStates.Tell(stack.StackStatus)}, begun{(holder is null ? "" : $" by {holder}")} before this run";
        await FollowAsync(id, null, since, companion: !stack.StackStatus.StartsWith("DELETE", StringComparison.Ordinal), stop);
        return holder;
    }

    private async Task ContinueAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        progress.Report(new(NewsKind.Notice, $"stack {stack.StackName} is in {stack.StackStatus}: going on with the way back"));
        var last = await StackWatch.LastEventAsync(cloudFormation, id, stop);
        UnderWay = $"CloudFormation goes on taking back stack {stack.StackName}";
        await cloudFormation.ContinueUpdateRollbackAsync(new ContinueUpdateRollbackRequest { StackName = id }, stop);
        await FollowAsync(id, last, DateTimeOffset.MinValue, companion: false, stop);
    }

    /// <summary>
    /// Change sets that nobody executed: those of this very holder are what a killed run of it left; another's is given its time to be
    /// executed, then taken for abandoned.
    /// </summary>
    /// <returns>False when the stack is to be looked at again.</returns>
    private async Task<bool> TakeOverAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        foreach (var set in await changeSets.LeftoversAsync(id, stop))
        {
            var holder = StackHolder.Read(set.Description);
            if (holder is not null && holder != options.Holder && !IsAbandoned(set))
            {
                other = holder;
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

    private CreateChangeSetRequest Request(WantedStack wanted, ExistingStack? existing, string setName)
    {
        var body = StackPlanner.ToSend(wanted.Template, existing?.Template).ToJsonString(StackJson.Compact);
        return System.Text.Encoding.UTF8.GetByteCount(body) > Templates.RenderedStack.LongestBody
            ? throw new ExpectedException(
                ExitCode.Usage, $"the template of stack {wanted.Name} has {body.Length:N0} characters, and CloudFormation takes {Templates.RenderedStack.LongestBody:N0} bytes in a request",
                "make it smaller: fewer overrides, shorter environment, or a template of its own for what you added")
            : new CreateChangeSetRequest
            {
                StackName = wanted.Name,
                ChangeSetName = setName,
                ChangeSetType = existing is null ? "CREATE" : "UPDATE",
                TemplateBody = body,
                Capabilities = wanted.Capabilities,
                Tags = [.. wanted.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
                ClientToken = setName,
                Description = options.Holder.Description,

                // Not DELETE: it would keep what has DeletionPolicy: Retain, as an orphan whose name is taken.
                OnStackFailure = existing is null && options.Keep ? "DO_NOTHING" : null,
            };
    }

    /// <summary>Leaves no change set, and no stack that only a change set made; also when the user wants the process to end.</summary>
    private async Task ForgetAsync(string name, string id, string setName, bool mayBeEmpty)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
        try
        {
            await changeSets.DeleteAsync(id, setName, soon.Token);
            if (mayBeEmpty && (await cloudFormation.FindStackAsync(name, soon.Token))?.StackStatus == "REVIEW_IN_PROGRESS" && (await changeSets.LeftoversAsync(name, soon.Token)).Count == 0)
            {
                await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = id }, soon.Token);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or Clients.AwsServiceException)
        {
            progress.Report(new(NewsKind.Notice, $"change set {setName} of stack {name} could not be deleted; the next `mldeploy provision` or `mldeploy destroy` does it"));
        }
    }

    private async Task<StackOutcome> FollowAsync(string id, string? after, DateTimeOffset since, bool companion, CancellationToken stop)
    {
        watch = new StackWatch(cloudFormation, progress, clock, options.Pace);
        try
        {
            var outcome = await watch.FollowAsync(id, after, since, companion && options.Start is { } start ? watch => start.LookAsync(watch, stop) : null, stop);
            UnderWay = null;
            return outcome;
        }
        catch (ServiceNeverStartedException never)
        {
            throw await GiveUpAsync(id, never, stop);
        }
        finally
        {
            watch = null;
        }
    }

    /// <summary>Ends what would go on for hours.</summary>
    private async Task<ExpectedException> GiveUpAsync(string id, ServiceNeverStartedException never, CancellationToken stop)
    {
        progress.Report(new(NewsKind.Failed, never.Message));
        const string Remedy = "start the image on your machine with the manifest's port and health path, correct it, and run `mldeploy provision` again";
        var stack = await cloudFormation.FindStackAsync(id, stop);
        if (stack is null || options.Keep)
        {
            return new ExpectedException(ExitCode.TargetFailed, $"{never.Message}\nthe stack is left as it is; CloudFormation goes on trying", $"`mldeploy destroy` or `mldeploy provision` without --keep ends it; {Remedy}");
        }

        if (stack.StackStatus == "UPDATE_IN_PROGRESS")
        {
            progress.Report(new(NewsKind.State, $"cancelling the update of stack {stack.StackName}"));
            await cloudFormation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = id }, stop);
            var outcome = await FollowAsync(id, null, stack.LastUpdatedTime ?? stack.CreationTime, companion: false, stop);
            return new ExpectedException(ExitCode.TargetFailed, $"{never.Message}\nthe update was cancelled; the stack is in {outcome.Status}", Remedy);
        }

        progress.Report(new(NewsKind.State, $"cancelling the creation of stack {stack.StackName}"));
        await DeleteAsync(stack, stop);
        return new ExpectedException(ExitCode.TargetFailed, $"{never.Message}\nthe creation was cancelled; nothing of it is left", Remedy);
    }

    private static void Refuse(StackPlan plan, WantedStack wanted)
    {
        if (wanted.TrafficIsMoving && LiveParts.ListenersOf(wanted.Template).Intersect(plan.Resources.Select(resource => resource.LogicalId), StringComparer.Ordinal).FirstOrDefault() is { } listener)
        {
            throw new ExpectedException(ExitCode.LeaseHeld, $"stack {plan.Name}: a deployment is moving traffic, and changing {listener} now would move it back", "wait until the deployment has ended, then run `mldeploy provision` again; nothing of this stack was touched");
        }

        if (plan.Resources.FirstOrDefault(resource => resource.Refused is not null) is { } refused)
        {
            throw new ExpectedException(ExitCode.Usage, $"stack {plan.Name}: {refused.LogicalId} ({refused.Type}) would be refused: {refused.Refused}", "`mldeploy plan -t aws` shows the whole change; nothing of this stack was touched");
        }
    }

    private static ExpectedException Explain(Stack stack) => new(
        ExitCode.TargetFailed,
        $"stack {stack.StackName} is in {stack.StackStatus}{(stack.StackStatusReason is { } reason ? $": {reason}" : "")}, and what was tried did not help",
        StackStates.Of(stack.StackStatus) == StackState.Stuck
            ? $"repair what the events name, then `aws cloudformation continue-update-rollback --stack-name {stack.StackName}` (with --resources-to-skip for what cannot be repaired)"
            : $"delete what the events name by hand, then run it again; `aws cloudformation delete-stack --stack-name {stack.StackName} --deletion-mode FORCE_DELETE_STACK` leaves behind what cannot be deleted");
}

using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>One try to create or update a stack that stands still: change set, execution, the way to its end.</summary>
internal sealed class StackChange(
    CloudFormationClient cloudFormation,
    ChangeSets changeSets,
    StackFollowing following,
    FirstTasksFollowing firstTasks,
    StackDeletion deletion,
    ProvisioningOptions options,
    IProgress<ProvisioningNews> progress,
    TimeProvider clock,
    Random random)
{
    /// <param name="stack">Null: there is none. One that holds nothing yet (REVIEW_IN_PROGRESS) is created.</param>
    /// <returns>Null when somebody else was faster.</returns>
    public async Task<ProvisionedStack?> TryAsync(string name, Stack? stack, Func<CancellationToken, Task<WantedStack>> want, CancellationToken stop)
    {
        var existing = StackStates.Of(stack?.StackStatus) == StackState.Settled ? await StackReader.ReadAsync(cloudFormation, stack!, stop) : null;
        var wanted = await want(stop);
        var plan = StackPlanner.Plan(wanted, existing, options.Schemas);
        if (plan.Action == StackAction.None)
        {
            return Unchanged(plan, stack!);
        }

        ChangeRequest.Check(plan, wanted);
        var setName = changeSets.NewName(random);
        var request = ChangeRequest.Of(wanted, existing, setName, options);
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
                    return Unchanged(plan, stack!);
            }
        }
        catch (Exception)
        {
            await ForgetAsync(name, id, setName, existing is null);
            throw;
        }

        var last = await following.LastEventAsync(id, stop);
        following.UnderWay = $"CloudFormation may be {(existing is null ? "creating" : "updating")} stack {name}";
        if (await changeSets.ExecuteAsync(id, setName, forgetNew: !options.Keep, stop) == Execution.Overtaken)
        {
            following.UnderWay = null;
            await ForgetAsync(name, id, setName, existing is null);
            return null;
        }

        return await FinishAsync(name, id, last, plan, existing is null, stop);
    }

    private ProvisionedStack Unchanged(StackPlan plan, Stack stack)
    {
        progress.Report(new(NewsKind.Done, $"stack {plan.Name}: nothing to do"));
        return new ProvisionedStack(StackResult.Unchanged, plan, stack);
    }

    private async Task<ProvisionedStack> FinishAsync(string name, string id, string? last, StackPlan plan, bool creates, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        following.UnderWay = $"CloudFormation goes on {(creates ? "creating" : "updating")} stack {name}";
        progress.Report(new(NewsKind.State, $"stack {name}: {(creates ? $"creating {plan.Resources.Length} {(plan.Resources.Length == 1 ? "resource" : "resources")}" : "updating")}"));
        var outcome = await firstTasks.FollowAsync(id, last, DateTimeOffset.MinValue, stop);
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
            await deletion.DeleteAsync(left, stop);
        }

        return FailureCause.Explain(name, "creating", cause, reason, "nothing of it is left");
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
        catch (Exception failure) when (failure is OperationCanceledException or AwsServiceException)
        {
            progress.Report(new(NewsKind.Notice, $"change set {setName} of stack {name} could not be deleted; the next `mldeploy provision` or `mldeploy destroy` does it"));
        }
    }
}

using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Stacks.Removal;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>
/// Brings one stack to what the manifest wants, from whatever state it is in. Every step finds out anew where the stack stands, so that
/// what a killed run left is taken up by the next one, and two runs at once follow each other.
/// </summary>
public sealed class StackProvisioner
{
    /// <summary>How often others may get in between before this run gives up.</summary>
    private const int MostRounds = 30;

    /// <summary>What could not be deleted at first, because something else still used it, often can when the rest is gone.</summary>
    private const int MostDeletions = 2;

    private readonly CloudFormationClient cloudFormation;
    private readonly IProgress<ProvisioningNews> progress;
    private readonly StackFollowing following;
    private readonly StackDeletion deletion;
    private readonly StackAdoption adoption;
    private readonly StackChange change;

    public StackProvisioner(CloudFormationClient cloudFormation, IProgress<ProvisioningNews> progress, ProvisioningOptions options, TimeProvider clock, Random random)
    {
        this.cloudFormation = cloudFormation;
        this.progress = progress;
        var changeSets = new ChangeSets(cloudFormation, clock, options.Pace);
        following = new StackFollowing(cloudFormation, progress, options.Pace, clock);
        deletion = new StackDeletion(cloudFormation, following, progress);
        var firstTasks = new FirstTasksFollowing(cloudFormation, following, deletion, options, progress);
        adoption = new StackAdoption(cloudFormation, changeSets, following, firstTasks, options, progress, clock);
        change = new StackChange(cloudFormation, changeSets, following, firstTasks, deletion, options, progress, clock, random);
    }

    /// <inheritdoc cref="StackFollowing.UnderWay"/>
    public string? UnderWay => following.UnderWay;

    /// <inheritdoc cref="StackFollowing.Waiting"/>
    public string Waiting => following.Waiting;

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
                    await adoption.WaitAsync(stack!, stop);
                    break;
                case StackState.Ruined or StackState.Stuck or StackState.HalfDeleted when !remedied.Add(state):
                    throw NotRemedied(stack!);
                case StackState.Ruined or StackState.HalfDeleted:
                    progress.Report(new(NewsKind.Notice, $"stack {name} is in {stack!.StackStatus}: it is deleted and made anew"));
                    await deletion.DeleteAsync(stack, stop);
                    break;
                case StackState.Stuck:
                    await adoption.ContinueAsync(stack!, stop);
                    break;
                default:
                    if ((state == StackState.Absent || await adoption.ClearAsync(stack!, stop)) && await change.TryAsync(name, stack, want, stop) is { } done)
                    {
                        return done;
                    }

                    break;
            }
        }

        throw new ExpectedException(
            ExitCode.LeaseHeld, $"stack {name} is changed by others all the time{(adoption.Other is { } other ? $", last by {other}" : "")}",
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
                    await adoption.WaitAsync(stack, stop);
                    break;
                default:
                    tries++;
                    progress.Report(new(NewsKind.State, $"stack {name}: deleting"));
                    var outcome = await deletion.TryAsync(stack!, stop);
                    if (!outcome.Succeeded && tries == MostDeletions)
                    {
                        throw StackDeletion.NotDeleted(stack!, outcome);
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

    private static ExpectedException NotRemedied(Stack stack) => new(
        ExitCode.TargetFailed,
        $"stack {stack.StackName} is in {stack.StackStatus}{(stack.StackStatusReason is { } reason ? $": {reason}" : "")}, and what was tried did not help",
        StackStates.Of(stack.StackStatus) == StackState.Stuck
            ? $"repair what the events name, then `aws cloudformation continue-update-rollback --stack-name {stack.StackName}` (with --resources-to-skip for what cannot be repaired)"
            : $"delete what the events name by hand, then run it again; `aws cloudformation delete-stack --stack-name {stack.StackName} --deletion-mode FORCE_DELETE_STACK` leaves behind what cannot be deleted");
}

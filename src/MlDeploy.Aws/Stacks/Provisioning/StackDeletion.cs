using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>Deletes one stack and waits until it is gone; a deletion under way is waited for.</summary>
internal sealed class StackDeletion(CloudFormationClient cloudFormation, StackFollowing following, IProgress<ProvisioningNews> progress)
{
    /// <exception cref="ExpectedException">Exit 7: something in it cannot be deleted.</exception>
    public async Task DeleteAsync(Stack stack, CancellationToken stop)
    {
        if (await TryAsync(stack, stop) is { Succeeded: false } outcome)
        {
            throw NotDeleted(stack, outcome);
        }
    }

    public async Task<StackOutcome> TryAsync(Stack stack, CancellationToken stop)
    {
        var id = stack.StackId ?? stack.StackName;
        var busy = stack.StackStatus == "DELETE_IN_PROGRESS";
        var last = busy ? null : await following.LastEventAsync(id, stop);
        if (!busy)
        {
            following.UnderWay = $"CloudFormation may be deleting stack {stack.StackName}";
            await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = id }, stop);
        }

        following.UnderWay = $"CloudFormation goes on deleting stack {stack.StackName}";
        var outcome = await following.FollowAsync(id, last, stack.DeletionTime ?? stack.CreationTime, start: null, stop);
        progress.Report(outcome.Succeeded
            ? new(NewsKind.Done, $"stack {stack.StackName} is deleted")
            : new(NewsKind.Failed, $"stack {stack.StackName} is in {outcome.Status}: something in it could not be deleted"));
        return outcome;
    }

    public static ExpectedException NotDeleted(Stack stack, StackOutcome outcome) => FailureCause.Explain(
        stack.StackName, "deleting", FailureCause.First(outcome.Events), null, $"it is in {outcome.Status}, and what could not be deleted is still there",
        $"delete what the message names by hand, then run it again; or leave it behind: `aws cloudformation delete-stack --stack-name {stack.StackName} --deletion-mode FORCE_DELETE_STACK`");
}

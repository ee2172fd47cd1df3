using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>Follows an operation that may create the service, and ends it when its first tasks never start: CloudFormation would go on for hours.</summary>
internal sealed class FirstTasksFollowing(CloudFormationClient cloudFormation, StackFollowing following, StackDeletion deletion, ProvisioningOptions options, IProgress<ProvisioningNews> progress)
{
    private const string Remedy = "start the image on your machine with the manifest's port and health path, correct it, and run `mldeploy provision` again";

    /// <inheritdoc cref="StackFollowing.FollowAsync"/>
    /// <exception cref="ExpectedException">Exit 7: the application never became healthy; what became of the stack.</exception>
    public async Task<StackOutcome> FollowAsync(string id, string? after, DateTimeOffset since, CancellationToken stop)
    {
        try
        {
            return await following.FollowAsync(id, after, since, options.Start, stop);
        }
        catch (ServiceNeverStartedException never)
        {
            throw await GiveUpAsync(id, never, stop);
        }
    }

    private async Task<ExpectedException> GiveUpAsync(string id, ServiceNeverStartedException never, CancellationToken stop)
    {
        progress.Report(new(NewsKind.Failed, never.Message));
        var stack = await cloudFormation.FindStackAsync(id, stop);
        if (stack is null || options.Keep)
        {
            return new ExpectedException(ExitCode.TargetFailed, $"{never.Message}\nthe stack is left as it is; CloudFormation goes on trying", $"`mldeploy destroy` or `mldeploy provision` without --keep ends it; {Remedy}");
        }

        if (stack.StackStatus == "UPDATE_IN_PROGRESS")
        {
            progress.Report(new(NewsKind.State, $"cancelling the update of stack {stack.StackName}"));
            await cloudFormation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = id }, stop);
            var outcome = await following.FollowAsync(id, null, stack.LastUpdatedTime ?? stack.CreationTime, start: null, stop);
            return new ExpectedException(ExitCode.TargetFailed, $"{never.Message}\nthe update was cancelled; the stack is in {outcome.Status}", Remedy);
        }

        progress.Report(new(NewsKind.State, $"cancelling the creation of stack {stack.StackName}"));
        await deletion.DeleteAsync(stack, stop);
        return new ExpectedException(ExitCode.TargetFailed, $"{never.Message}\nthe creation was cancelled; nothing of it is left", Remedy);
    }
}

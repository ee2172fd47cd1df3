using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>What became of the execution of a change set.</summary>
internal enum Execution
{
    Begun,

    /// <summary>The stack changed since, or the change set is gone: somebody else was faster.</summary>
    Overtaken,
}

/// <summary>What a change set holds.</summary>
internal enum Contents
{
    Changes,
    Nothing,

    /// <summary>It is gone: somebody else took it for abandoned, or changed the stack.</summary>
    Overtaken,
}

/// <summary>The change sets of one stack: made, waited for, executed, and never left behind.</summary>
internal sealed class ChangeSets(CloudFormationClient cloudFormation, TimeProvider clock, PollPace pace)
{
    private const string Prefix = "mldeploy-";

    public string NewName(Random random) =>
        $"{Prefix}{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{random.Next():x8}";

    /// <returns>The stack's id; null when somebody else began to change the stack.</returns>
    public async Task<string?> CreateAsync(CreateChangeSetRequest request, CancellationToken stop)
    {
        try
        {
            return (await cloudFormation.CreateChangeSetAsync(request, stop)).StackId ?? request.StackName;
        }
        catch (AwsServiceException busy) when (busy.Kind == AwsFailureKind.Validation && IsBusy(busy.Message))
        {
            return null;
        }
        catch (AwsServiceException again) when (again.Kind == AwsFailureKind.AlreadyExists)
        {
            // The name is this run's own: an earlier attempt of this very call got through, and its answer was lost.
            return (await cloudFormation.FindStackAsync(request.StackName, stop))?.StackId ?? request.StackName;
        }
    }

    /// <summary>Waits until it can be executed.</summary>
    public async Task<Contents> ReadyAsync(string stackId, string name, CancellationToken stop)
    {
        var wait = pace.First;
        while (true)
        {
            DescribeChangeSetResponse set;
            try
            {
                set = await cloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { StackName = stackId, ChangeSetName = name }, stop);
            }
            catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
            {
                return Contents.Overtaken;
            }

            switch (set.Status)
            {
                case "CREATE_COMPLETE":
                    return Contents.Changes;
                case "FAILED" when IsEmpty(set.StatusReason):
                    return Contents.Nothing;
                case "FAILED":
                    throw new ExpectedException(
                        ExitCode.TargetFailed, $"CloudFormation refuses the template of stack {set.StackName ?? stackId}: {set.StatusReason}",
                        "`mldeploy render -t aws` shows what was sent; correct the manifest, the overrides or the template; nothing was changed");
            }

            await Task.Delay(wait, clock, stop);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 5 / 4, pace.Slowest.Ticks));
        }
    }

    /// <param name="forgetNew">When it fails, what it had created goes, also what has DeletionPolicy: Retain.</param>
    public async Task<Execution> ExecuteAsync(string stackId, string name, bool forgetNew, CancellationToken stop)
    {
        try
        {
            await cloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { StackName = stackId, ChangeSetName = name, ClientRequestToken = name, RetainExceptOnCreate = forgetNew ? true : null }, stop);
            return Execution.Begun;
        }
        catch (AwsServiceException failure) when (failure.Code.StartsWith("InvalidChangeSetStatus", StringComparison.Ordinal) || failure.Code.StartsWith("ChangeSetNotFound", StringComparison.Ordinal))
        {
            return await WasExecutedAsync(stackId, name, stop) ? Execution.Begun : Execution.Overtaken;
        }
    }

    public async Task DeleteAsync(string stackId, string name, CancellationToken stop)
    {
        try
        {
            await cloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { StackName = stackId, ChangeSetName = name }, stop);
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            // As wanted.
        }
    }

    /// <summary>Ours that nobody executed, whoever made them.</summary>
    public async Task<IReadOnlyList<ChangeSetSummary>> LeftoversAsync(string stack, CancellationToken stop)
    {
        var found = new List<ChangeSetSummary>();
        string? token = null;
        do
        {
            var page = await cloudFormation.ListChangeSetsAsync(new ListChangeSetsRequest { StackName = stack, NextToken = token }, stop);
            found.AddRange(page.Summaries.Where(set => set.ChangeSetName?.StartsWith(Prefix, StringComparison.Ordinal) == true && set.ExecutionStatus is not ("EXECUTE_IN_PROGRESS" or "EXECUTE_COMPLETE" or "EXECUTE_FAILED")));
            token = page.NextToken;
        }
        while (!string.IsNullOrEmpty(token));

        return found;
    }

    /// <summary>Who began what goes on in the stack; null when it was not mldeploy.</summary>
    public async Task<StackHolder?> HolderAsync(Stack stack, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(stack.ChangeSetId))
        {
            return null;
        }

        try
        {
            var set = await cloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = stack.ChangeSetId }, stop);
            return StackHolder.Read(set.Description);
        }
        catch (AwsServiceException unknown) when (unknown.Kind is AwsFailureKind.NotFound or AwsFailureKind.Validation or AwsFailureKind.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>An answer that was lost is asked again, and then finds its own work done.</summary>
    private async Task<bool> WasExecutedAsync(string stackId, string name, CancellationToken stop)
    {
        try
        {
            var set = await cloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { StackName = stackId, ChangeSetName = name }, stop);
            return set.ExecutionStatus is "EXECUTE_IN_PROGRESS" or "EXECUTE_COMPLETE" or "EXECUTE_FAILED";
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            return false;
        }
    }

    /// <summary>`Stack:… is in UPDATE_IN_PROGRESS state and can not be updated`, `already exists and cannot be created again with the changeSet`</summary>
    private static bool IsBusy(string message) =>
        message.Contains("_IN_PROGRESS", StringComparison.Ordinal) || message.Contains("already exists and cannot be created again", StringComparison.Ordinal);

    private static bool IsEmpty(string? reason) =>
        reason is not null && (reason.Contains("didn't contain changes", StringComparison.Ordinal) || reason.Contains("No updates are to be performed", StringComparison.Ordinal));
}

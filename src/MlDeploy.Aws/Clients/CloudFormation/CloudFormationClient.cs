using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.CloudFormation;

/// <summary>AWS CloudFormation. A stack that does not exist is <see cref="AwsFailureKind.NotFound"/>.</summary>
public sealed class CloudFormationClient
{
    private readonly ServiceCaller caller;

    internal CloudFormationClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeStacksResponse> DescribeStacksAsync(DescribeStacksRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<CreateChangeSetResponse> CreateChangeSetAsync(CreateChangeSetRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeChangeSetResponse> DescribeChangeSetAsync(DescribeChangeSetRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task ExecuteChangeSetAsync(ExecuteChangeSetRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteChangeSetAsync(DeleteChangeSetRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListChangeSetsResponse> ListChangeSetsAsync(ListChangeSetsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeStackEventsResponse> DescribeStackEventsAsync(DescribeStackEventsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeStackResourcesResponse> DescribeStackResourcesAsync(DescribeStackResourcesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListStackResourcesResponse> ListStackResourcesAsync(ListStackResourcesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetTemplateResponse> GetTemplateAsync(GetTemplateRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ValidateTemplateResponse> ValidateTemplateAsync(ValidateTemplateRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteStackAsync(DeleteStackRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task CancelUpdateStackAsync(CancelUpdateStackRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task ContinueUpdateRollbackAsync(ContinueUpdateRollbackRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<UpdateTerminationProtectionResponse> UpdateTerminationProtectionAsync(UpdateTerminationProtectionRequest request, CancellationToken stop) =>
        caller.SendAsync(request, stop);

    /// <summary>The stack, or null when there is none of that name or id.</summary>
    public async Task<Stack?> FindStackAsync(string stackName, CancellationToken stop)
    {
        try
        {
            return (await DescribeStacksAsync(new DescribeStacksRequest { StackName = stackName }, stop)).Stacks.FirstOrDefault();
        }
        catch (AwsServiceException missing) when (missing.Kind == AwsFailureKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>Newest first, page by page: stop when you meet one that you know.</summary>
    public IAsyncEnumerable<StackEvent> StackEventsAsync(string stackName, CancellationToken stop) => Pages.All(
        token => DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = stackName, NextToken = token }, stop),
        page => page.StackEvents,
        page => page.NextToken);

    public IAsyncEnumerable<StackResourceSummary> StackResourcesAsync(string stackName, CancellationToken stop) => Pages.All(
        token => ListStackResourcesAsync(new ListStackResourcesRequest { StackName = stackName, NextToken = token }, stop),
        page => page.StackResourceSummaries,
        page => page.NextToken);

    public IAsyncEnumerable<ChangeSetSummary> ChangeSetsAsync(string stackName, CancellationToken stop) => Pages.All(
        token => ListChangeSetsAsync(new ListChangeSetsRequest { StackName = stackName, NextToken = token }, stop),
        page => page.Summaries,
        page => page.NextToken);

    /// <summary>The changes of a change set that is complete, property values included.</summary>
    public IAsyncEnumerable<Change> ChangesAsync(string stackName, string changeSetName, CancellationToken stop) => Pages.All(
        token => DescribeChangeSetAsync(
            new DescribeChangeSetRequest { StackName = stackName, ChangeSetName = changeSetName, IncludePropertyValues = true, NextToken = token }, stop),
        page => page.Changes,
        page => page.NextToken);
}

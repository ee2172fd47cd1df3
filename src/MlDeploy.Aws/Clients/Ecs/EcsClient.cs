using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Ecs;

/// <summary>Amazon Elastic Container Service.</summary>
public sealed class EcsClient
{
    private readonly ServiceCaller caller;

    internal EcsClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeServicesResponse> DescribeServicesAsync(DescribeServicesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task UpdateServiceAsync(UpdateServiceRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeClustersResponse> DescribeClustersAsync(DescribeClustersRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListTasksResponse> ListTasksAsync(ListTasksRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeTasksResponse> DescribeTasksAsync(DescribeTasksRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task StopTaskAsync(StopTaskRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeTaskDefinitionResponse> DescribeTaskDefinitionAsync(DescribeTaskDefinitionRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListTaskDefinitionsResponse> ListTaskDefinitionsAsync(ListTaskDefinitionsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeregisterTaskDefinitionAsync(DeregisterTaskDefinitionRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<RegisterTaskDefinitionResponse> RegisterTaskDefinitionAsync(RegisterTaskDefinitionRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<string> TasksAsync(ListTasksRequest request, CancellationToken stop) => Pages.All(
        token => ListTasksAsync(request with { NextToken = token }, stop),
        page => page.TaskArns,
        page => page.NextToken);

    public IAsyncEnumerable<string> TaskDefinitionsAsync(ListTaskDefinitionsRequest request, CancellationToken stop) => Pages.All(
        token => ListTaskDefinitionsAsync(request with { NextToken = token }, stop),
        page => page.TaskDefinitionArns,
        page => page.NextToken);
}

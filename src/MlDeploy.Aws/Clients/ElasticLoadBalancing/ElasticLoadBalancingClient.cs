using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.ElasticLoadBalancing;

/// <summary>Elastic Load Balancing: application load balancers (API version 2).</summary>
public sealed class ElasticLoadBalancingClient
{
    private readonly ServiceCaller caller;

    internal ElasticLoadBalancingClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeLoadBalancersResponse> DescribeLoadBalancersAsync(DescribeLoadBalancersRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeTargetGroupsResponse> DescribeTargetGroupsAsync(DescribeTargetGroupsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeTargetHealthResponse> DescribeTargetHealthAsync(DescribeTargetHealthRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeListenersResponse> DescribeListenersAsync(DescribeListenersRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeRulesResponse> DescribeRulesAsync(DescribeRulesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<LoadBalancer> LoadBalancersAsync(DescribeLoadBalancersRequest request, CancellationToken stop) => Pages.All(
        token => DescribeLoadBalancersAsync(request with { Marker = token }, stop),
        page => page.LoadBalancers,
        page => page.NextMarker);

    public IAsyncEnumerable<TargetGroup> TargetGroupsAsync(DescribeTargetGroupsRequest request, CancellationToken stop) => Pages.All(
        token => DescribeTargetGroupsAsync(request with { Marker = token }, stop),
        page => page.TargetGroups,
        page => page.NextMarker);

    public IAsyncEnumerable<Listener> ListenersAsync(DescribeListenersRequest request, CancellationToken stop) => Pages.All(
        token => DescribeListenersAsync(request with { Marker = token }, stop),
        page => page.Listeners,
        page => page.NextMarker);
}

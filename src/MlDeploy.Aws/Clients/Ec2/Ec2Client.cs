using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Ec2;

/// <summary>Amazon EC2: networks only.</summary>
public sealed class Ec2Client
{
    private readonly ServiceCaller caller;

    internal Ec2Client(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeVpcsResponse> DescribeVpcsAsync(DescribeVpcsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeSubnetsResponse> DescribeSubnetsAsync(DescribeSubnetsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeAvailabilityZonesResponse> DescribeAvailabilityZonesAsync(DescribeAvailabilityZonesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeRouteTablesResponse> DescribeRouteTablesAsync(DescribeRouteTablesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeAddressesResponse> DescribeAddressesAsync(DescribeAddressesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeSecurityGroupsResponse> DescribeSecurityGroupsAsync(DescribeSecurityGroupsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<Vpc> VpcsAsync(DescribeVpcsRequest request, CancellationToken stop) => Pages.All(
        token => DescribeVpcsAsync(request with { NextToken = token }, stop),
        page => page.Vpcs,
        page => page.NextToken);

    public IAsyncEnumerable<Subnet> SubnetsAsync(DescribeSubnetsRequest request, CancellationToken stop) => Pages.All(
        token => DescribeSubnetsAsync(request with { NextToken = token }, stop),
        page => page.Subnets,
        page => page.NextToken);

    public IAsyncEnumerable<RouteTable> RouteTablesAsync(DescribeRouteTablesRequest request, CancellationToken stop) => Pages.All(
        token => DescribeRouteTablesAsync(request with { NextToken = token }, stop),
        page => page.RouteTables,
        page => page.NextToken);
}

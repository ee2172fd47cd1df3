using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.Ec2;

public sealed record DescribeRouteTablesRequest : IAwsRequest<DescribeRouteTablesResponse>
{
    [WireName("Filter")]
    public ImmutableArray<Filter> Filters { get; init; } = [];

    [WireName("RouteTableId")]
    public ImmutableArray<string> RouteTableIds { get; init; } = [];

    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeRouteTablesResponse
{
    [WireName("routeTableSet")]
    public ImmutableArray<RouteTable> RouteTables { get; init; } = [];

    public string? NextToken { get; init; }
}

public sealed record RouteTable
{
    public required string RouteTableId { get; init; }
    public string? VpcId { get; init; }

    /// <summary>The one marked main holds for subnets that have none.</summary>
    [WireName("associationSet")]
    public ImmutableArray<RouteTableAssociation> Associations { get; init; } = [];

    [WireName("routeSet")]
    public ImmutableArray<Route> Routes { get; init; } = [];

    [WireName("tagSet")]
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record RouteTableAssociation
{
    public bool? Main { get; init; }
    public string? RouteTableAssociationId { get; init; }
    public string? RouteTableId { get; init; }
    public string? SubnetId { get; init; }
    public string? GatewayId { get; init; }
}

public sealed record Route
{
    public string? DestinationCidrBlock { get; init; }
    public string? DestinationIpv6CidrBlock { get; init; }
    public string? DestinationPrefixListId { get; init; }
    public string? GatewayId { get; init; }
    public string? NatGatewayId { get; init; }
    public string? TransitGatewayId { get; init; }
    public string? NetworkInterfaceId { get; init; }
    public string? InstanceId { get; init; }
    public string? VpcPeeringConnectionId { get; init; }
    public string? State { get; init; }
}

public sealed record DescribeAddressesRequest : IAwsRequest<DescribeAddressesResponse>
{
    [WireName("Filter")]
    public ImmutableArray<Filter> Filters { get; init; } = [];
}

public sealed record DescribeAddressesResponse
{
    [WireName("addressesSet")]
    public ImmutableArray<Address> Addresses { get; init; } = [];
}

public sealed record Address
{
    public string? AllocationId { get; init; }
    public string? AssociationId { get; init; }
    public string? Domain { get; init; }
    public string? PublicIp { get; init; }
    public string? NetworkInterfaceId { get; init; }

    [WireName("tagSet")]
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record DescribeSecurityGroupsRequest : IAwsRequest<DescribeSecurityGroupsResponse>
{
    [WireName("Filter")]
    public ImmutableArray<Filter> Filters { get; init; } = [];

    [WireName("GroupId")]
    public ImmutableArray<string> GroupIds { get; init; } = [];

    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeSecurityGroupsResponse
{
    [WireName("securityGroupInfo")]
    public ImmutableArray<SecurityGroup> SecurityGroups { get; init; } = [];

    public string? NextToken { get; init; }
}

public sealed record SecurityGroup
{
    public required string GroupId { get; init; }
    public string? GroupName { get; init; }
    public string? VpcId { get; init; }

    [WireName("groupDescription")]
    public string? Description { get; init; }

    [WireName("tagSet")]
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.Ec2;

public sealed record DescribeVpcsRequest : IAwsRequest<DescribeVpcsResponse>
{
    [WireName("Filter")]
    public ImmutableArray<Filter> Filters { get; init; } = [];

    [WireName("VpcId")]
    public ImmutableArray<string> VpcIds { get; init; } = [];

    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeVpcsResponse
{
    [WireName("vpcSet")]
    public ImmutableArray<Vpc> Vpcs { get; init; } = [];

    public string? NextToken { get; init; }
}

public sealed record Filter
{
    /// <summary>As in vpc-id or tag:NAME.</summary>
    public string? Name { get; init; }

    [WireName("Value")]
    public ImmutableArray<string> Values { get; init; } = [];
}

public sealed record Vpc
{
    public required string VpcId { get; init; }
    public string? State { get; init; }
    public string? CidrBlock { get; init; }
    public bool? IsDefault { get; init; }

    [WireName("tagSet")]
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record Tag
{
    public string? Key { get; init; }
    public string? Value { get; init; }
}

public sealed record DescribeSubnetsRequest : IAwsRequest<DescribeSubnetsResponse>
{
    [WireName("Filter")]
    public ImmutableArray<Filter> Filters { get; init; } = [];

    [WireName("SubnetId")]
    public ImmutableArray<string> SubnetIds { get; init; } = [];

    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeSubnetsResponse
{
    [WireName("subnetSet")]
    public ImmutableArray<Subnet> Subnets { get; init; } = [];

    public string? NextToken { get; init; }
}

public sealed record Subnet
{
    public required string SubnetId { get; init; }
    public required string VpcId { get; init; }
    public required string AvailabilityZone { get; init; }
    public string? AvailabilityZoneId { get; init; }
    public string? State { get; init; }
    public string? CidrBlock { get; init; }
    public int? AvailableIpAddressCount { get; init; }
    public bool? MapPublicIpOnLaunch { get; init; }

    [WireName("tagSet")]
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record DescribeAvailabilityZonesRequest : IAwsRequest<DescribeAvailabilityZonesResponse>
{
    [WireName("Filter")]
    public ImmutableArray<Filter> Filters { get; init; } = [];
}

public sealed record DescribeAvailabilityZonesResponse
{
    [WireName("availabilityZoneInfo")]
    public ImmutableArray<AvailabilityZone> AvailabilityZones { get; init; } = [];
}

public sealed record AvailabilityZone
{
    public required string ZoneName { get; init; }
    public string? ZoneId { get; init; }

    [WireName("zoneState")]
    public string? State { get; init; }

    public string? ZoneType { get; init; }
    public string? RegionName { get; init; }
    public string? OptInStatus { get; init; }
}

using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.ElasticLoadBalancing;

public sealed record DescribeLoadBalancersRequest : IAwsRequest<DescribeLoadBalancersResponse>
{
    public ImmutableArray<string> LoadBalancerArns { get; init; } = [];
    public ImmutableArray<string> Names { get; init; } = [];
    public string? Marker { get; init; }
    public int? PageSize { get; init; }
}

public sealed record DescribeLoadBalancersResponse
{
    public ImmutableArray<LoadBalancer> LoadBalancers { get; init; } = [];
    public string? NextMarker { get; init; }
}

public sealed record LoadBalancer
{
    public required string LoadBalancerArn { get; init; }
    public required string DNSName { get; init; }
    public required string LoadBalancerName { get; init; }
    public DateTimeOffset? CreatedTime { get; init; }
    public string? Scheme { get; init; }
    public string? VpcId { get; init; }
    public LoadBalancerState? State { get; init; }
    public string? Type { get; init; }
    public ImmutableArray<AvailabilityZone> AvailabilityZones { get; init; } = [];
    public ImmutableArray<string> SecurityGroups { get; init; } = [];
    public string? IpAddressType { get; init; }
}

public sealed record LoadBalancerState
{
    public string? Code { get; init; }
    public string? Reason { get; init; }
}

public sealed record AvailabilityZone
{
    public string? ZoneName { get; init; }
    public string? SubnetId { get; init; }
}

public sealed record DescribeTargetGroupsRequest : IAwsRequest<DescribeTargetGroupsResponse>
{
    public string? LoadBalancerArn { get; init; }
    public ImmutableArray<string> TargetGroupArns { get; init; } = [];
    public ImmutableArray<string> Names { get; init; } = [];
    public string? Marker { get; init; }
    public int? PageSize { get; init; }
}

public sealed record DescribeTargetGroupsResponse
{
    public ImmutableArray<TargetGroup> TargetGroups { get; init; } = [];
    public string? NextMarker { get; init; }
}

public sealed record TargetGroup
{
    public required string TargetGroupArn { get; init; }
    public required string TargetGroupName { get; init; }
    public string? Protocol { get; init; }
    public int? Port { get; init; }
    public string? VpcId { get; init; }
    public string? HealthCheckProtocol { get; init; }
    public string? HealthCheckPort { get; init; }
    public bool? HealthCheckEnabled { get; init; }
    public int? HealthCheckIntervalSeconds { get; init; }
    public int? HealthCheckTimeoutSeconds { get; init; }
    public int? HealthyThresholdCount { get; init; }
    public int? UnhealthyThresholdCount { get; init; }
    public string? HealthCheckPath { get; init; }
    public Matcher? Matcher { get; init; }
    public ImmutableArray<string> LoadBalancerArns { get; init; } = [];
    public string? TargetType { get; init; }
}

public sealed record Matcher
{
    public string? HttpCode { get; init; }
}

public sealed record DescribeTargetHealthRequest : IAwsRequest<DescribeTargetHealthResponse>
{
    public required string TargetGroupArn { get; init; }
    public ImmutableArray<TargetDescription> Targets { get; init; } = [];
}

public sealed record DescribeTargetHealthResponse
{
    public ImmutableArray<TargetHealthDescription> TargetHealthDescriptions { get; init; } = [];
}

public sealed record TargetDescription
{
    public required string Id { get; init; }
    public int? Port { get; init; }
    public string? AvailabilityZone { get; init; }
}

public sealed record TargetHealthDescription
{
    public required TargetDescription Target { get; init; }
    public string? HealthCheckPort { get; init; }
    public required TargetHealth TargetHealth { get; init; }
}

public sealed record TargetHealth
{
    /// <summary>initial, healthy, unhealthy, unused, draining, unavailable.</summary>
    public required string State { get; init; }

    public string? Reason { get; init; }
    public string? Description { get; init; }
}

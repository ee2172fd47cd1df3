using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Ecs;

public sealed record ListTasksRequest : IAwsRequest<ListTasksResponse>
{
    public string? Cluster { get; init; }
    public string? Family { get; init; }
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
    public string? StartedBy { get; init; }
    public string? ServiceName { get; init; }

    /// <summary>RUNNING (also without it) or STOPPED.</summary>
    public string? DesiredStatus { get; init; }
}

public sealed record ListTasksResponse
{
    public ImmutableArray<string> TaskArns { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record DescribeTasksRequest : IAwsRequest<DescribeTasksResponse>
{
    public string? Cluster { get; init; }

    /// <summary>At most 100; stopped tasks are known for about an hour.</summary>
    public required ImmutableArray<string> Tasks { get; init; }

    public ImmutableArray<string> Include { get; init; } = [];
}

public sealed record DescribeTasksResponse
{
    public ImmutableArray<EcsTask> Tasks { get; init; } = [];
    public ImmutableArray<Failure> Failures { get; init; } = [];
}

public sealed record EcsTask
{
    public required string TaskArn { get; init; }
    public string? TaskDefinitionArn { get; init; }
    public string? LastStatus { get; init; }
    public string? DesiredStatus { get; init; }
    public string? HealthStatus { get; init; }
    public ImmutableArray<TaskAttachment> Attachments { get; init; } = [];
    public string? AvailabilityZone { get; init; }
    public string? ClusterArn { get; init; }
    public ImmutableArray<Container> Containers { get; init; } = [];
    public string? Cpu { get; init; }
    public string? Memory { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public string? StartedBy { get; init; }
    public DateTimeOffset? PullStartedAt { get; init; }
    public DateTimeOffset? PullStoppedAt { get; init; }
    public DateTimeOffset? ExecutionStoppedAt { get; init; }
    public DateTimeOffset? StoppingAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }
    public string? StopCode { get; init; }
    public string? StoppedReason { get; init; }
    public string? Group { get; init; }
    public string? LaunchType { get; init; }
    public string? PlatformVersion { get; init; }
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record TaskAttachment
{
    public string? Id { get; init; }
    public string? Type { get; init; }
    public string? Status { get; init; }
    public ImmutableArray<NameValue> Details { get; init; } = [];
}

public sealed record Container
{
    public required string Name { get; init; }
    public string? ContainerArn { get; init; }
    public string? Image { get; init; }
    public string? ImageDigest { get; init; }
    public string? RuntimeId { get; init; }
    public string? LastStatus { get; init; }
    public int? ExitCode { get; init; }
    public string? Reason { get; init; }
    public ImmutableArray<NetworkInterface> NetworkInterfaces { get; init; } = [];
    public string? HealthStatus { get; init; }
}

public sealed record NameValue
{
    public string? Name { get; init; }
    public string? Value { get; init; }
}

public sealed record NetworkInterface
{
    public string? AttachmentId { get; init; }
    public string? PrivateIpv4Address { get; init; }
    public string? Ipv6Address { get; init; }
}

public sealed record StopTaskRequest : IAwsRequest<EmptyResponse>
{
    public string? Cluster { get; init; }
    public required string Task { get; init; }
    public string? Reason { get; init; }
}

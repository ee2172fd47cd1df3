using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Ecs;

public sealed record DescribeServicesRequest : IAwsRequest<DescribeServicesResponse>
{
    public string? Cluster { get; init; }

    /// <summary>At most 10.</summary>
    public required ImmutableArray<string> Services { get; init; }

    public ImmutableArray<string> Include { get; init; } = [];
}

public sealed record DescribeServicesResponse
{
    public ImmutableArray<Service> Services { get; init; } = [];
    public ImmutableArray<Failure> Failures { get; init; } = [];
}

public sealed record Service
{
    public required string ServiceArn { get; init; }
    public required string ServiceName { get; init; }
    public string? ClusterArn { get; init; }
    public ImmutableArray<LoadBalancer> LoadBalancers { get; init; } = [];
    public required string Status { get; init; }
    public int? DesiredCount { get; init; }
    public int? RunningCount { get; init; }
    public int? PendingCount { get; init; }
    public string? LaunchType { get; init; }
    public string? PlatformVersion { get; init; }
    public string? TaskDefinition { get; init; }
    public ImmutableArray<TaskSet> TaskSets { get; init; } = [];
    public ImmutableArray<Deployment> Deployments { get; init; } = [];
    public ImmutableArray<ServiceEvent> Events { get; init; } = [];
    public DateTimeOffset? CreatedAt { get; init; }
    public NetworkConfiguration? NetworkConfiguration { get; init; }
    public int? HealthCheckGracePeriodSeconds { get; init; }
    public DeploymentController? DeploymentController { get; init; }
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

/// <summary>What of a list could not be described: reason MISSING says that it does not exist.</summary>
public sealed record Failure
{
    public string? Arn { get; init; }
    public string? Reason { get; init; }
    public string? Detail { get; init; }
}

public sealed record LoadBalancer
{
    public string? TargetGroupArn { get; init; }
    public string? ContainerName { get; init; }
    public int? ContainerPort { get; init; }
}

public sealed record TaskSet
{
    public required string Id { get; init; }
    public string? TaskSetArn { get; init; }
    public string? StartedBy { get; init; }
    public string? ExternalId { get; init; }
    public string? Status { get; init; }
    public string? TaskDefinition { get; init; }
    public int? ComputedDesiredCount { get; init; }
    public int? PendingCount { get; init; }
    public int? RunningCount { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public ImmutableArray<LoadBalancer> LoadBalancers { get; init; } = [];
    public Scale? Scale { get; init; }
    public string? StabilityStatus { get; init; }
    public DateTimeOffset? StabilityStatusAt { get; init; }
}

public sealed record Deployment
{
    public string? Id { get; init; }
    public string? Status { get; init; }
    public string? TaskDefinition { get; init; }
    public int? DesiredCount { get; init; }
    public int? PendingCount { get; init; }
    public int? RunningCount { get; init; }
    public int? FailedTasks { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public string? RolloutState { get; init; }
    public string? RolloutStateReason { get; init; }
}

public sealed record ServiceEvent
{
    public string? Id { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public string? Message { get; init; }
}

public sealed record NetworkConfiguration
{
    public AwsVpcConfiguration? AwsvpcConfiguration { get; init; }
}

public sealed record DeploymentController
{
    public string? Type { get; init; }
}

public sealed record Tag
{
    public string? Key { get; init; }
    public string? Value { get; init; }
}

public sealed record Scale
{
    public double? Value { get; init; }
    public string? Unit { get; init; }
}

public sealed record AwsVpcConfiguration
{
    public ImmutableArray<string> Subnets { get; init; } = [];
    public ImmutableArray<string> SecurityGroups { get; init; } = [];
    public string? AssignPublicIp { get; init; }
}

public sealed record UpdateServiceRequest : IAwsRequest<EmptyResponse>
{
    public string? Cluster { get; init; }
    public required string Service { get; init; }
    public int? DesiredCount { get; init; }
    public bool? ForceNewDeployment { get; init; }
}

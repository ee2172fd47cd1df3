using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.ApplicationAutoScaling;

public sealed record DescribeScalableTargetsRequest : IAwsRequest<DescribeScalableTargetsResponse>
{
    /// <summary>ecs</summary>
    public required string ServiceNamespace { get; init; }

    /// <summary>service/CLUSTER/SERVICE</summary>
    public ImmutableArray<string> ResourceIds { get; init; } = [];

    /// <summary>ecs:service:DesiredCount</summary>
    public string? ScalableDimension { get; init; }

    public int? MaxResults { get; init; }
    public string? NextToken { get; init; }
}

public sealed record DescribeScalableTargetsResponse
{
    public ImmutableArray<ScalableTarget> ScalableTargets { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record ScalableTarget
{
    public string? ServiceNamespace { get; init; }
    public required string ResourceId { get; init; }
    public string? ScalableDimension { get; init; }
    public required int MinCapacity { get; init; }
    public required int MaxCapacity { get; init; }
    public string? RoleARN { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
    public SuspendedState? SuspendedState { get; init; }
    public string? ScalableTargetARN { get; init; }
}

public sealed record SuspendedState
{
    public bool? DynamicScalingInSuspended { get; init; }
    public bool? DynamicScalingOutSuspended { get; init; }
    public bool? ScheduledScalingSuspended { get; init; }
}

public sealed record RegisterScalableTargetRequest : IAwsRequest<RegisterScalableTargetResponse>
{
    public required string ServiceNamespace { get; init; }
    public required string ResourceId { get; init; }
    public required string ScalableDimension { get; init; }
    public int? MinCapacity { get; init; }
    public int? MaxCapacity { get; init; }

    /// <summary>Null leaves it as it is.</summary>
    public SuspendedState? SuspendedState { get; init; }
}

public sealed record RegisterScalableTargetResponse
{
    public string? ScalableTargetARN { get; init; }
}

public sealed record DescribeScalingActivitiesRequest : IAwsRequest<DescribeScalingActivitiesResponse>
{
    public required string ServiceNamespace { get; init; }
    public string? ResourceId { get; init; }
    public string? ScalableDimension { get; init; }
    public int? MaxResults { get; init; }
    public string? NextToken { get; init; }
}

public sealed record DescribeScalingActivitiesResponse
{
    public ImmutableArray<ScalingActivity> ScalingActivities { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record ScalingActivity
{
    public required string ActivityId { get; init; }
    public string? ResourceId { get; init; }
    public string? Description { get; init; }
    public string? Cause { get; init; }
    public required DateTimeOffset StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public string? StatusCode { get; init; }
    public string? StatusMessage { get; init; }
    public string? Details { get; init; }
}

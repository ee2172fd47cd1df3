using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.CodeDeploy;

public sealed record GetDeploymentTargetRequest : IAwsRequest<GetDeploymentTargetResponse>
{
    public required string DeploymentId { get; init; }
    public required string TargetId { get; init; }
}

public sealed record GetDeploymentTargetResponse
{
    public required DeploymentTarget DeploymentTarget { get; init; }
}

public sealed record DeploymentTarget
{
    public string? DeploymentTargetType { get; init; }
    public EcsTarget? EcsTarget { get; init; }
}

public sealed record EcsTarget
{
    public string? DeploymentId { get; init; }
    public string? TargetId { get; init; }
    public string? TargetArn { get; init; }
    public DateTimeOffset? LastUpdatedAt { get; init; }
    public ImmutableArray<LifecycleEvent> LifecycleEvents { get; init; } = [];
    public string? Status { get; init; }
    public ImmutableArray<EcsTaskSet> TaskSetsInfo { get; init; } = [];
}

public sealed record LifecycleEvent
{
    public required string LifecycleEventName { get; init; }
    public Diagnostics? Diagnostics { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public string? Status { get; init; }
}

public sealed record EcsTaskSet
{
    /// <summary>The model's own spelling on the wire.</summary>
    [WireName("identifer")]
    public string? Identifier { get; init; }

    public long? DesiredCount { get; init; }
    public long? PendingCount { get; init; }
    public long? RunningCount { get; init; }
    public string? Status { get; init; }

    /// <summary>Percent.</summary>
    public double? TrafficWeight { get; init; }

    public TargetGroupInfo? TargetGroup { get; init; }
    public string? TaskSetLabel { get; init; }
}

public sealed record Diagnostics
{
    public string? ErrorCode { get; init; }
    public string? ScriptName { get; init; }
    public string? Message { get; init; }
    public string? LogTail { get; init; }
}

public sealed record ListDeploymentTargetsRequest : IAwsRequest<ListDeploymentTargetsResponse>
{
    public required string DeploymentId { get; init; }
    public string? NextToken { get; init; }
}

public sealed record ListDeploymentTargetsResponse
{
    public ImmutableArray<string> TargetIds { get; init; } = [];
    public string? NextToken { get; init; }
}

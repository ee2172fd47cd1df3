using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.CodeDeploy;

/// <summary>The service cannot tell a second one from the first: after a failure that may have reached it, list the deployments.</summary>
[NotRepeatable]
public sealed record CreateDeploymentRequest : IAwsRequest<CreateDeploymentResponse>
{
    public required string ApplicationName { get; init; }
    public string? DeploymentGroupName { get; init; }
    public RevisionLocation? Revision { get; init; }
    public string? DeploymentConfigName { get; init; }

    /// <summary>At most 100 characters.</summary>
    public string? Description { get; init; }

    public AutoRollbackConfiguration? AutoRollbackConfiguration { get; init; }

    /// <summary>In place of the group's alarms, not beside them.</summary>
    public AlarmConfiguration? OverrideAlarmConfiguration { get; init; }
}

public sealed record CreateDeploymentResponse
{
    public required string DeploymentId { get; init; }
}

public sealed record GetDeploymentRequest : IAwsRequest<GetDeploymentResponse>
{
    public required string DeploymentId { get; init; }
}

public sealed record GetDeploymentResponse
{
    public required DeploymentInfo DeploymentInfo { get; init; }
}

public sealed record DeploymentInfo
{
    public string? ApplicationName { get; init; }
    public string? DeploymentGroupName { get; init; }
    public string? DeploymentConfigName { get; init; }
    public required string DeploymentId { get; init; }
    public RevisionLocation? PreviousRevision { get; init; }
    public RevisionLocation? Revision { get; init; }

    /// <summary>Created, Queued, InProgress, Baking, Succeeded, Failed, Stopped or Ready.</summary>
    public required string Status { get; init; }

    public ErrorInformation? ErrorInformation { get; init; }
    public DateTimeOffset? CreateTime { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? CompleteTime { get; init; }
    public DeploymentOverview? DeploymentOverview { get; init; }
    public string? Description { get; init; }
    public string? Creator { get; init; }
    public AutoRollbackConfiguration? AutoRollbackConfiguration { get; init; }
    public RollbackInfo? RollbackInfo { get; init; }
    public DeploymentStyle? DeploymentStyle { get; init; }
    public bool? InstanceTerminationWaitTimeStarted { get; init; }
    public BlueGreenDeploymentConfiguration? BlueGreenDeploymentConfiguration { get; init; }
    public LoadBalancerInfo? LoadBalancerInfo { get; init; }
    public string? AdditionalDeploymentStatusInfo { get; init; }
    public ImmutableArray<string> DeploymentStatusMessages { get; init; } = [];
    public string? ComputePlatform { get; init; }
    public string? ExternalId { get; init; }
    public AlarmConfiguration? OverrideAlarmConfiguration { get; init; }
}

public sealed record ErrorInformation
{
    public string? Code { get; init; }
    public string? Message { get; init; }
}

public sealed record DeploymentOverview
{
    [WireName("Pending")]
    public long? Pending { get; init; }

    [WireName("InProgress")]
    public long? InProgress { get; init; }

    [WireName("Succeeded")]
    public long? Succeeded { get; init; }

    [WireName("Failed")]
    public long? Failed { get; init; }

    [WireName("Skipped")]
    public long? Skipped { get; init; }

    [WireName("Ready")]
    public long? Ready { get; init; }
}

public sealed record RollbackInfo
{
    public string? RollbackDeploymentId { get; init; }
    public string? RollbackTriggeringDeploymentId { get; init; }
    public string? RollbackMessage { get; init; }
}

public sealed record BatchGetDeploymentsRequest : IAwsRequest<BatchGetDeploymentsResponse>
{
    /// <summary>At most 25.</summary>
    public required ImmutableArray<string> DeploymentIds { get; init; }
}

public sealed record BatchGetDeploymentsResponse
{
    public ImmutableArray<DeploymentInfo> DeploymentsInfo { get; init; } = [];
}

public sealed record ListDeploymentsRequest : IAwsRequest<ListDeploymentsResponse>
{
    public string? ApplicationName { get; init; }
    public string? DeploymentGroupName { get; init; }
    public ImmutableArray<string> IncludeOnlyStatuses { get; init; } = [];
    public TimeRange? CreateTimeRange { get; init; }
    public string? NextToken { get; init; }
}

public sealed record ListDeploymentsResponse
{
    public ImmutableArray<string> Deployments { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record TimeRange
{
    public DateTimeOffset? Start { get; init; }
    public DateTimeOffset? End { get; init; }
}

public sealed record StopDeploymentRequest : IAwsRequest<StopDeploymentResponse>
{
    public required string DeploymentId { get; init; }
    public bool? AutoRollbackEnabled { get; init; }
}

public sealed record StopDeploymentResponse
{
    /// <summary>Pending or Succeeded: of stopping.</summary>
    public required string Status { get; init; }

    public string? StatusMessage { get; init; }
}

public sealed record ContinueDeploymentRequest : IAwsRequest<EmptyResponse>
{
    public string? DeploymentId { get; init; }

    /// <summary>READY_WAIT or TERMINATION_WAIT.</summary>
    public string? DeploymentWaitType { get; init; }
}

using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CodeDeploy;

public sealed record GetDeploymentGroupRequest : IAwsRequest<GetDeploymentGroupResponse>
{
    public required string ApplicationName { get; init; }
    public required string DeploymentGroupName { get; init; }
}

public sealed record GetDeploymentGroupResponse
{
    public required DeploymentGroupInfo DeploymentGroupInfo { get; init; }
}

public sealed record DeploymentGroupInfo
{
    public required string ApplicationName { get; init; }
    public string? DeploymentGroupId { get; init; }
    public required string DeploymentGroupName { get; init; }
    public string? DeploymentConfigName { get; init; }
    public string? ServiceRoleArn { get; init; }
    public RevisionLocation? TargetRevision { get; init; }
    public ImmutableArray<TriggerConfig> TriggerConfigurations { get; init; } = [];
    public AlarmConfiguration? AlarmConfiguration { get; init; }
    public AutoRollbackConfiguration? AutoRollbackConfiguration { get; init; }
    public DeploymentStyle? DeploymentStyle { get; init; }
    public BlueGreenDeploymentConfiguration? BlueGreenDeploymentConfiguration { get; init; }
    public LoadBalancerInfo? LoadBalancerInfo { get; init; }
    public LastDeploymentInfo? LastSuccessfulDeployment { get; init; }
    public LastDeploymentInfo? LastAttemptedDeployment { get; init; }
    public string? ComputePlatform { get; init; }
    public ImmutableArray<EcsService> EcsServices { get; init; } = [];
}

public sealed record RevisionLocation
{
    public string? RevisionType { get; init; }
    public AppSpecContent? AppSpecContent { get; init; }
}

public sealed record TriggerConfig
{
    public string? TriggerName { get; init; }
    public string? TriggerTargetArn { get; init; }
    public ImmutableArray<string> TriggerEvents { get; init; } = [];
}

public sealed record AlarmConfiguration
{
    public bool? Enabled { get; init; }
    public bool? IgnorePollAlarmFailure { get; init; }
    public ImmutableArray<Alarm> Alarms { get; init; } = [];
}

public sealed record AutoRollbackConfiguration
{
    public bool? Enabled { get; init; }
    public ImmutableArray<string> Events { get; init; } = [];
}

public sealed record DeploymentStyle
{
    public string? DeploymentType { get; init; }
    public string? DeploymentOption { get; init; }
}

public sealed record BlueGreenDeploymentConfiguration
{
    public BlueInstanceTerminationOption? TerminateBlueInstancesOnDeploymentSuccess { get; init; }
    public DeploymentReadyOption? DeploymentReadyOption { get; init; }
}

public sealed record LoadBalancerInfo
{
    public ImmutableArray<TargetGroupInfo> TargetGroupInfoList { get; init; } = [];
    public ImmutableArray<TargetGroupPairInfo> TargetGroupPairInfoList { get; init; } = [];
}

public sealed record LastDeploymentInfo
{
    public string? DeploymentId { get; init; }
    public string? Status { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public DateTimeOffset? CreateTime { get; init; }
}

public sealed record EcsService
{
    public string? ServiceName { get; init; }
    public string? ClusterName { get; init; }
}

public sealed record AppSpecContent
{
    /// <summary>YAML or JSON.</summary>
    public string? Content { get; init; }

    public string? Sha256 { get; init; }
}

public sealed record Alarm
{
    public string? Name { get; init; }
}

public sealed record BlueInstanceTerminationOption
{
    public string? Action { get; init; }

    /// <summary>0 to 2,880.</summary>
    public int? TerminationWaitTimeInMinutes { get; init; }
}

public sealed record DeploymentReadyOption
{
    /// <summary>CONTINUE_DEPLOYMENT or STOP_DEPLOYMENT.</summary>
    public string? ActionOnTimeout { get; init; }

    public int? WaitTimeInMinutes { get; init; }
}

public sealed record TargetGroupInfo
{
    public string? Name { get; init; }
}

public sealed record TargetGroupPairInfo
{
    public ImmutableArray<TargetGroupInfo> TargetGroups { get; init; } = [];
    public TrafficRoute? ProdTrafficRoute { get; init; }
    public TrafficRoute? TestTrafficRoute { get; init; }
}

public sealed record TrafficRoute
{
    public ImmutableArray<string> ListenerArns { get; init; } = [];
}

public sealed record UpdateDeploymentGroupRequest : IAwsRequest<EmptyResponse>
{
    public required string ApplicationName { get; init; }
    public required string CurrentDeploymentGroupName { get; init; }
    public string? DeploymentConfigName { get; init; }
    public string? ServiceRoleArn { get; init; }
    public AlarmConfiguration? AlarmConfiguration { get; init; }
    public AutoRollbackConfiguration? AutoRollbackConfiguration { get; init; }
    public DeploymentStyle? DeploymentStyle { get; init; }
    public BlueGreenDeploymentConfiguration? BlueGreenDeploymentConfiguration { get; init; }
    public LoadBalancerInfo? LoadBalancerInfo { get; init; }
    public ImmutableArray<EcsService> EcsServices { get; init; } = [];
    public ImmutableArray<TriggerConfig> TriggerConfigurations { get; init; } = [];
}

public sealed record CreateDeploymentConfigRequest : IAwsRequest<CreateDeploymentConfigResponse>
{
    public required string DeploymentConfigName { get; init; }

    /// <summary>ECS</summary>
    public string? ComputePlatform { get; init; }

    public TrafficRoutingConfig? TrafficRoutingConfig { get; init; }
}

public sealed record CreateDeploymentConfigResponse
{
    public string? DeploymentConfigId { get; init; }
}

public sealed record GetDeploymentConfigRequest : IAwsRequest<GetDeploymentConfigResponse>
{
    public required string DeploymentConfigName { get; init; }
}

public sealed record GetDeploymentConfigResponse
{
    public required DeploymentConfigInfo DeploymentConfigInfo { get; init; }
}

public sealed record DeploymentConfigInfo
{
    public string? DeploymentConfigId { get; init; }
    public required string DeploymentConfigName { get; init; }
    public DateTimeOffset? CreateTime { get; init; }
    public string? ComputePlatform { get; init; }
    public TrafficRoutingConfig? TrafficRoutingConfig { get; init; }
}

public sealed record TrafficRoutingConfig
{
    public string? Type { get; init; }
    public TimeBasedCanary? TimeBasedCanary { get; init; }
    public TimeBasedLinear? TimeBasedLinear { get; init; }
}

public sealed record TimeBasedCanary
{
    public int? CanaryPercentage { get; init; }
    public int? CanaryInterval { get; init; }
}

public sealed record TimeBasedLinear
{
    public int? LinearPercentage { get; init; }
    public int? LinearInterval { get; init; }
}

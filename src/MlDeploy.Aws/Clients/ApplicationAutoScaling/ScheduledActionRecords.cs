using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.ApplicationAutoScaling;

public sealed record PutScheduledActionRequest : IAwsRequest<EmptyResponse>
{
    public required string ServiceNamespace { get; init; }

    /// <summary>at(yyyy-mm-ddThh:mm:ss), rate(…) or cron(…).</summary>
    public string? Schedule { get; init; }

    public string? Timezone { get; init; }
    public required string ScheduledActionName { get; init; }
    public required string ResourceId { get; init; }
    public required string ScalableDimension { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public ScalableTargetAction? ScalableTargetAction { get; init; }
}

public sealed record ScalableTargetAction
{
    public int? MinCapacity { get; init; }
    public int? MaxCapacity { get; init; }
}

public sealed record DeleteScheduledActionRequest : IAwsRequest<EmptyResponse>
{
    public required string ServiceNamespace { get; init; }
    public required string ScheduledActionName { get; init; }
    public required string ResourceId { get; init; }
    public required string ScalableDimension { get; init; }
}

public sealed record DescribeScheduledActionsRequest : IAwsRequest<DescribeScheduledActionsResponse>
{
    public ImmutableArray<string> ScheduledActionNames { get; init; } = [];
    public required string ServiceNamespace { get; init; }
    public string? ResourceId { get; init; }
    public string? ScalableDimension { get; init; }
    public int? MaxResults { get; init; }
    public string? NextToken { get; init; }
}

public sealed record DescribeScheduledActionsResponse
{
    public ImmutableArray<ScheduledAction> ScheduledActions { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record ScheduledAction
{
    public string? ScheduledActionName { get; init; }
    public string? ScheduledActionARN { get; init; }
    public string? ServiceNamespace { get; init; }
    public string? Schedule { get; init; }
    public string? Timezone { get; init; }
    public string? ResourceId { get; init; }
    public string? ScalableDimension { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public ScalableTargetAction? ScalableTargetAction { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
}

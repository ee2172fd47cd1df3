using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CloudWatch;

public sealed record PutMetricAlarmRequest : IAwsRequest<EmptyResponse>
{
    public required string AlarmName { get; init; }
    public string? AlarmDescription { get; init; }
    public bool? ActionsEnabled { get; init; }
    public ImmutableArray<string> OKActions { get; init; } = [];
    public ImmutableArray<string> AlarmActions { get; init; } = [];
    public ImmutableArray<string> InsufficientDataActions { get; init; } = [];
    public string? MetricName { get; init; }
    public string? Namespace { get; init; }
    public string? Statistic { get; init; }
    public string? ExtendedStatistic { get; init; }
    public ImmutableArray<Dimension> Dimensions { get; init; } = [];

    /// <summary>Seconds: 10, 30 or a multiple of 60.</summary>
    public int? Period { get; init; }

    public string? Unit { get; init; }
    public int? EvaluationPeriods { get; init; }
    public int? DatapointsToAlarm { get; init; }
    public double? Threshold { get; init; }
    public string? ComparisonOperator { get; init; }

    /// <summary>breaching, notBreaching, ignore or missing.</summary>
    public string? TreatMissingData { get; init; }

    public string? EvaluateLowSampleCountPercentile { get; init; }
    public ImmutableArray<MetricDataQuery> Metrics { get; init; } = [];
    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record Tag
{
    public required string Key { get; init; }
    public required string Value { get; init; }
}

public sealed record DescribeAlarmsRequest : IAwsRequest<DescribeAlarmsResponse>
{
    public ImmutableArray<string> AlarmNames { get; init; } = [];
    public string? AlarmNamePrefix { get; init; }
    public ImmutableArray<string> AlarmTypes { get; init; } = [];
    public string? StateValue { get; init; }
    public string? ActionPrefix { get; init; }
    public int? MaxRecords { get; init; }
    public string? NextToken { get; init; }
}

public sealed record DescribeAlarmsResponse
{
    /// <summary>Alarms that do not exist are left out.</summary>
    public ImmutableArray<MetricAlarm> MetricAlarms { get; init; } = [];

    public string? NextToken { get; init; }
}

public sealed record MetricAlarm
{
    public required string AlarmName { get; init; }
    public required string AlarmArn { get; init; }
    public string? AlarmDescription { get; init; }
    public bool? ActionsEnabled { get; init; }
    public ImmutableArray<string> OKActions { get; init; } = [];
    public ImmutableArray<string> AlarmActions { get; init; } = [];
    public ImmutableArray<string> InsufficientDataActions { get; init; } = [];
    public required string StateValue { get; init; }
    public string? StateReason { get; init; }
    public DateTimeOffset? StateUpdatedTimestamp { get; init; }
    public string? MetricName { get; init; }
    public string? Namespace { get; init; }
    public string? Statistic { get; init; }
    public string? ExtendedStatistic { get; init; }
    public ImmutableArray<Dimension> Dimensions { get; init; } = [];
    public int? Period { get; init; }
    public string? Unit { get; init; }
    public int? EvaluationPeriods { get; init; }
    public int? DatapointsToAlarm { get; init; }
    public double? Threshold { get; init; }
    public string? ComparisonOperator { get; init; }
    public string? TreatMissingData { get; init; }
    public ImmutableArray<MetricDataQuery> Metrics { get; init; } = [];
    public string? EvaluationState { get; init; }
    public DateTimeOffset? StateTransitionedTimestamp { get; init; }
}

public sealed record DeleteAlarmsRequest : IAwsRequest<EmptyResponse>
{
    public required ImmutableArray<string> AlarmNames { get; init; }
}

public sealed record DescribeAlarmHistoryRequest : IAwsRequest<DescribeAlarmHistoryResponse>
{
    public string? AlarmName { get; init; }
    public ImmutableArray<string> AlarmTypes { get; init; } = [];
    public string? HistoryItemType { get; init; }
    public DateTimeOffset? StartDate { get; init; }
    public DateTimeOffset? EndDate { get; init; }
    public int? MaxRecords { get; init; }
    public string? NextToken { get; init; }
    public string? ScanBy { get; init; }
}

public sealed record DescribeAlarmHistoryResponse
{
    public ImmutableArray<AlarmHistoryItem> AlarmHistoryItems { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record AlarmHistoryItem
{
    public string? AlarmName { get; init; }
    public string? AlarmType { get; init; }
    public DateTimeOffset? Timestamp { get; init; }
    public string? HistoryItemType { get; init; }
    public string? HistorySummary { get; init; }
    public string? HistoryData { get; init; }
}

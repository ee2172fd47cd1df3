using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CloudWatch;

public sealed record PutMetricDataRequest : IAwsRequest<EmptyResponse>
{
    public required string Namespace { get; init; }
    public ImmutableArray<MetricDatum> MetricData { get; init; } = [];
}

public sealed record MetricDatum
{
    public required string MetricName { get; init; }
    public ImmutableArray<Dimension> Dimensions { get; init; } = [];
    public DateTimeOffset? Timestamp { get; init; }
    public double? Value { get; init; }
    public StatisticSet? StatisticValues { get; init; }
    public ImmutableArray<double> Values { get; init; } = [];
    public ImmutableArray<double> Counts { get; init; } = [];
    public string? Unit { get; init; }

    /// <summary>Seconds: 1 is high resolution, which alarms with a period of 10 s need; 60 is the default.</summary>
    public int? StorageResolution { get; init; }
}

public sealed record Dimension
{
    public required string Name { get; init; }
    public required string Value { get; init; }
}

public sealed record StatisticSet
{
    public required double SampleCount { get; init; }
    public required double Sum { get; init; }
    public required double Minimum { get; init; }
    public required double Maximum { get; init; }
}

public sealed record GetMetricDataRequest : IAwsRequest<GetMetricDataResponse>
{
    /// <summary>At most 500; each metric in them is charged.</summary>
    public required ImmutableArray<MetricDataQuery> MetricDataQueries { get; init; }

    public required DateTimeOffset StartTime { get; init; }
    public required DateTimeOffset EndTime { get; init; }
    public string? NextToken { get; init; }
    public string? ScanBy { get; init; }
    public int? MaxDatapoints { get; init; }
}

public sealed record GetMetricDataResponse
{
    public ImmutableArray<MetricDataResult> MetricDataResults { get; init; } = [];
    public string? NextToken { get; init; }
    public ImmutableArray<MessageData> Messages { get; init; } = [];
}

public sealed record MetricDataQuery
{
    public required string Id { get; init; }
    public MetricStat? MetricStat { get; init; }
    public string? Expression { get; init; }
    public string? Label { get; init; }
    public bool? ReturnData { get; init; }
    public int? Period { get; init; }
}

public sealed record MetricDataResult
{
    public required string Id { get; init; }
    public string? Label { get; init; }

    /// <summary>Of the values, in the same order; the start of each period.</summary>
    public ImmutableArray<DateTimeOffset> Timestamps { get; init; } = [];

    public ImmutableArray<double> Values { get; init; } = [];

    /// <summary>Complete, PartialData (more pages), InternalError or Forbidden.</summary>
    public string? StatusCode { get; init; }

    public ImmutableArray<MessageData> Messages { get; init; } = [];
}

public sealed record MessageData
{
    public string? Code { get; init; }
    public string? Value { get; init; }
}

public sealed record MetricStat
{
    public required Metric Metric { get; init; }
    public required int Period { get; init; }
    public required string Stat { get; init; }
    public string? Unit { get; init; }
}

public sealed record Metric
{
    public string? Namespace { get; init; }
    public string? MetricName { get; init; }
    public ImmutableArray<Dimension> Dimensions { get; init; } = [];
}

public sealed record ListMetricsRequest : IAwsRequest<ListMetricsResponse>
{
    public string? Namespace { get; init; }
    public string? MetricName { get; init; }
    public ImmutableArray<DimensionFilter> Dimensions { get; init; } = [];
    public string? NextToken { get; init; }
    public string? RecentlyActive { get; init; }
}

public sealed record ListMetricsResponse
{
    public ImmutableArray<Metric> Metrics { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record DimensionFilter
{
    public required string Name { get; init; }
    public string? Value { get; init; }
}

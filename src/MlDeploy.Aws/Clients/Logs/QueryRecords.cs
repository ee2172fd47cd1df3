using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Logs;

public sealed record StartQueryRequest : IAwsRequest<StartQueryResponse>
{
    public string? LogGroupName { get; init; }
    public ImmutableArray<string> LogGroupNames { get; init; } = [];

    /// <summary>Seconds since 1970, unlike elsewhere.</summary>
    public required long StartTime { get; init; }

    public required long EndTime { get; init; }
    public required string QueryString { get; init; }
    public int? Limit { get; init; }
}

public sealed record StartQueryResponse
{
    public required string QueryId { get; init; }
}

public sealed record GetQueryResultsRequest : IAwsRequest<GetQueryResultsResponse>
{
    public required string QueryId { get; init; }
    public string? NextToken { get; init; }
}

public sealed record GetQueryResultsResponse
{
    public ImmutableArray<ImmutableArray<ResultField>> Results { get; init; } = [];
    public QueryStatistics? Statistics { get; init; }

    /// <summary>Scheduled, Running, Complete, Failed, Cancelled, Timeout or Unknown.</summary>
    public required string Status { get; init; }

    public string? NextToken { get; init; }
}

public sealed record ResultField
{
    public string? Field { get; init; }
    public string? Value { get; init; }
}

public sealed record QueryStatistics
{
    public double? RecordsMatched { get; init; }
    public double? RecordsScanned { get; init; }
    public double? EstimatedRecordsSkipped { get; init; }
    public double? BytesScanned { get; init; }
    public double? EstimatedBytesSkipped { get; init; }
    public double? LogGroupsScanned { get; init; }
}

public sealed record StopQueryRequest : IAwsRequest<StopQueryResponse>
{
    public required string QueryId { get; init; }
}

public sealed record StopQueryResponse
{
    public bool? Success { get; init; }
}

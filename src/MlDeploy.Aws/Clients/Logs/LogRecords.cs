using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Logs;

public sealed record DescribeLogGroupsRequest : IAwsRequest<DescribeLogGroupsResponse>
{
    public string? LogGroupNamePrefix { get; init; }
    public string? NextToken { get; init; }
    public int? Limit { get; init; }
}

public sealed record DescribeLogGroupsResponse
{
    public ImmutableArray<LogGroup> LogGroups { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record LogGroup
{
    public required string LogGroupName { get; init; }
    public long? CreationTime { get; init; }
    public int? RetentionInDays { get; init; }
    public string? Arn { get; init; }
    public long? StoredBytes { get; init; }
}

public sealed record DescribeLogStreamsRequest : IAwsRequest<DescribeLogStreamsResponse>
{
    public string? LogGroupName { get; init; }
    public string? LogStreamNamePrefix { get; init; }
    public string? OrderBy { get; init; }
    public bool? Descending { get; init; }
    public string? NextToken { get; init; }
    public int? Limit { get; init; }
}

public sealed record DescribeLogStreamsResponse
{
    public ImmutableArray<LogStream> LogStreams { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record LogStream
{
    public required string LogStreamName { get; init; }
    public long? CreationTime { get; init; }
    public long? FirstEventTimestamp { get; init; }
    public long? LastEventTimestamp { get; init; }
    public long? LastIngestionTime { get; init; }
    public string? Arn { get; init; }
}

public sealed record FilterLogEventsRequest : IAwsRequest<FilterLogEventsResponse>
{
    public string? LogGroupName { get; init; }
    public ImmutableArray<string> LogStreamNames { get; init; } = [];

    /// <summary>Not together with <see cref="LogStreamNames"/>.</summary>
    public string? LogStreamNamePrefix { get; init; }

    public long? StartTime { get; init; }
    public long? EndTime { get; init; }
    public string? FilterPattern { get; init; }
    public string? NextToken { get; init; }
    public int? Limit { get; init; }
}

public sealed record FilterLogEventsResponse
{
    public ImmutableArray<FilteredLogEvent> Events { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record FilteredLogEvent
{
    public string? LogStreamName { get; init; }
    public required long Timestamp { get; init; }
    public required string Message { get; init; }
    public long? IngestionTime { get; init; }
    public string? EventId { get; init; }
}

public sealed record GetLogEventsRequest : IAwsRequest<GetLogEventsResponse>
{
    public string? LogGroupName { get; init; }
    public required string LogStreamName { get; init; }
    public long? StartTime { get; init; }
    public long? EndTime { get; init; }
    public string? NextToken { get; init; }
    public int? Limit { get; init; }
    public bool? StartFromHead { get; init; }
}

public sealed record GetLogEventsResponse
{
    public ImmutableArray<OutputLogEvent> Events { get; init; } = [];

    /// <summary>The same as was sent at the end of the stream.</summary>
    public string? NextForwardToken { get; init; }

    public string? NextBackwardToken { get; init; }
}

public sealed record OutputLogEvent
{
    public required long Timestamp { get; init; }
    public required string Message { get; init; }
    public long? IngestionTime { get; init; }
}

public sealed record DeleteLogGroupRequest : IAwsRequest<EmptyResponse>
{
    public required string LogGroupName { get; init; }
}

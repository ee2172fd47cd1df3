using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Logs;

public sealed record CreateLogStreamRequest : IAwsRequest<EmptyResponse>
{
    public required string LogGroupName { get; init; }
    public required string LogStreamName { get; init; }
}

public sealed record PutLogEventsRequest : IAwsRequest<PutLogEventsResponse>
{
    public required string LogGroupName { get; init; }
    public required string LogStreamName { get; init; }

    /// <summary>In the order of their times; at most 10 000, and 1 MiB with 26 bytes added to each.</summary>
    public required ImmutableArray<InputLogEvent> LogEvents { get; init; }
}

public sealed record PutLogEventsResponse
{
    public RejectedLogEventsInfo? RejectedLogEventsInfo { get; init; }
}

/// <summary>Which events were not taken, by their place in the request.</summary>
public sealed record RejectedLogEventsInfo
{
    public int? TooNewLogEventStartIndex { get; init; }
    public int? TooOldLogEventEndIndex { get; init; }
    public int? ExpiredLogEventEndIndex { get; init; }
}

public sealed record InputLogEvent
{
    public required long Timestamp { get; init; }
    public required string Message { get; init; }
}

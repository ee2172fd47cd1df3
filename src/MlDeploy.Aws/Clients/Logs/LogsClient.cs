using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Logs;

/// <summary>Amazon CloudWatch Logs. Times are milliseconds since 1970.</summary>
public sealed class LogsClient
{
    private readonly ServiceCaller caller;

    internal LogsClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeLogGroupsResponse> DescribeLogGroupsAsync(DescribeLogGroupsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteLogGroupAsync(DeleteLogGroupRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeLogStreamsResponse> DescribeLogStreamsAsync(DescribeLogStreamsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<FilterLogEventsResponse> FilterLogEventsAsync(FilterLogEventsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetLogEventsResponse> GetLogEventsAsync(GetLogEventsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task CreateLogStreamAsync(CreateLogStreamRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<PutLogEventsResponse> PutLogEventsAsync(PutLogEventsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<StartQueryResponse> StartQueryAsync(StartQueryRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetQueryResultsResponse> GetQueryResultsAsync(GetQueryResultsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<StopQueryResponse> StopQueryAsync(StopQueryRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<LogStream> LogStreamsAsync(DescribeLogStreamsRequest request, CancellationToken stop) => Pages.All(
        token => DescribeLogStreamsAsync(request with { NextToken = token }, stop),
        page => page.LogStreams,
        page => page.NextToken);

    public IAsyncEnumerable<LogGroup> LogGroupsAsync(DescribeLogGroupsRequest request, CancellationToken stop) => Pages.All(
        token => DescribeLogGroupsAsync(request with { NextToken = token }, stop),
        page => page.LogGroups,
        page => page.NextToken);

    /// <summary>Pages can be empty and not the last.</summary>
    public IAsyncEnumerable<FilteredLogEvent> EventsAsync(FilterLogEventsRequest request, CancellationToken stop) => Pages.All(
        token => FilterLogEventsAsync(request with { NextToken = token }, stop),
        page => page.Events,
        page => page.NextToken);
}

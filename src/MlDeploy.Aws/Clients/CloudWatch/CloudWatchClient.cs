using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.CloudWatch;

/// <summary>Amazon CloudWatch: metrics, alarms, dashboards.</summary>
public sealed class CloudWatchClient
{
    private readonly ServiceCaller caller;

    internal CloudWatchClient(ServiceCaller caller) => this.caller = caller;

    public Task PutMetricDataAsync(PutMetricDataRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetMetricDataResponse> GetMetricDataAsync(GetMetricDataRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListMetricsResponse> ListMetricsAsync(ListMetricsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task PutMetricAlarmAsync(PutMetricAlarmRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeAlarmsResponse> DescribeAlarmsAsync(DescribeAlarmsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteAlarmsAsync(DeleteAlarmsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeAlarmHistoryResponse> DescribeAlarmHistoryAsync(DescribeAlarmHistoryRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetDashboardResponse> GetDashboardAsync(GetDashboardRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<PutDashboardResponse> PutDashboardAsync(PutDashboardRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteDashboardsAsync(DeleteDashboardsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<MetricAlarm> AlarmsAsync(DescribeAlarmsRequest request, CancellationToken stop) => Pages.All(
        token => DescribeAlarmsAsync(request with { NextToken = token }, stop),
        page => page.MetricAlarms,
        page => page.NextToken);

    public IAsyncEnumerable<Metric> MetricsAsync(ListMetricsRequest request, CancellationToken stop) => Pages.All(
        token => ListMetricsAsync(request with { NextToken = token }, stop),
        page => page.Metrics,
        page => page.NextToken);

    /// <summary>One result can come in several parts: put those with the same id together.</summary>
    public IAsyncEnumerable<MetricDataResult> MetricDataAsync(GetMetricDataRequest request, CancellationToken stop) => Pages.All(
        token => GetMetricDataAsync(request with { NextToken = token }, stop),
        page => page.MetricDataResults,
        page => page.NextToken);
}

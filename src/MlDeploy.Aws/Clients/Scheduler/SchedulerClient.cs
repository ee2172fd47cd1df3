using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Scheduler;

/// <summary>Amazon EventBridge Scheduler.</summary>
public sealed class SchedulerClient
{
    private readonly ServiceCaller caller;

    internal SchedulerClient(ServiceCaller caller) => this.caller = caller;

    public Task<GetScheduleResponse> GetScheduleAsync(GetScheduleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<CreateScheduleResponse> CreateScheduleAsync(CreateScheduleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<UpdateScheduleResponse> UpdateScheduleAsync(UpdateScheduleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteScheduleAsync(DeleteScheduleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListSchedulesResponse> ListSchedulesAsync(ListSchedulesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<ScheduleSummary> SchedulesAsync(ListSchedulesRequest request, CancellationToken stop) => Pages.All(
        token => ListSchedulesAsync(request with { NextToken = token }, stop),
        page => page.Schedules,
        page => page.NextToken);
}

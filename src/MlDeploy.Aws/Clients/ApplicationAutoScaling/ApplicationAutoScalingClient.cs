using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.ApplicationAutoScaling;

/// <summary>Application Auto Scaling: how many tasks a service runs.</summary>
public sealed class ApplicationAutoScalingClient
{
    private readonly ServiceCaller caller;

    internal ApplicationAutoScalingClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeScalableTargetsResponse> DescribeScalableTargetsAsync(DescribeScalableTargetsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<RegisterScalableTargetResponse> RegisterScalableTargetAsync(RegisterScalableTargetRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeScalingActivitiesResponse> DescribeScalingActivitiesAsync(DescribeScalingActivitiesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task PutScheduledActionAsync(PutScheduledActionRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteScheduledActionAsync(DeleteScheduledActionRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeScheduledActionsResponse> DescribeScheduledActionsAsync(DescribeScheduledActionsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<ScalingActivity> ScalingActivitiesAsync(DescribeScalingActivitiesRequest request, CancellationToken stop) => Pages.All(
        token => DescribeScalingActivitiesAsync(request with { NextToken = token }, stop),
        page => page.ScalingActivities,
        page => page.NextToken);
}

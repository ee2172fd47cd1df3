using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Events;

/// <summary>Amazon EventBridge: rules.</summary>
public sealed class EventsClient
{
    private readonly ServiceCaller caller;

    internal EventsClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeRuleResponse> DescribeRuleAsync(DescribeRuleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListTargetsByRuleResponse> ListTargetsByRuleAsync(ListTargetsByRuleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);
}

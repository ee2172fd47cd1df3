using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Sns;

/// <summary>Amazon Simple Notification Service.</summary>
public sealed class SnsClient
{
    private readonly ServiceCaller caller;

    internal SnsClient(ServiceCaller caller) => this.caller = caller;

    public Task<GetTopicAttributesResponse> GetTopicAttributesAsync(GetTopicAttributesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListSubscriptionsByTopicResponse> ListSubscriptionsByTopicAsync(ListSubscriptionsByTopicRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<PublishResponse> PublishAsync(PublishRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<Subscription> SubscriptionsAsync(string topicArn, CancellationToken stop) => Pages.All(
        token => ListSubscriptionsByTopicAsync(new ListSubscriptionsByTopicRequest { TopicArn = topicArn } with { NextToken = token }, stop),
        page => page.Subscriptions,
        page => page.NextToken);
}

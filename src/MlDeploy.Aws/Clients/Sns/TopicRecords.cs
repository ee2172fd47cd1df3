using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.Sns;

public sealed record GetTopicAttributesRequest : IAwsRequest<GetTopicAttributesResponse>
{
    public required string TopicArn { get; init; }
}

public sealed record GetTopicAttributesResponse
{
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record ListSubscriptionsByTopicRequest : IAwsRequest<ListSubscriptionsByTopicResponse>
{
    public required string TopicArn { get; init; }
    public string? NextToken { get; init; }
}

public sealed record ListSubscriptionsByTopicResponse
{
    public ImmutableArray<Subscription> Subscriptions { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record Subscription
{
    /// <summary>PendingConfirmation until whoever it goes to has agreed.</summary>
    public string? SubscriptionArn { get; init; }

    public string? Owner { get; init; }
    public string? Protocol { get; init; }
    public string? Endpoint { get; init; }
    public string? TopicArn { get; init; }
}

[NotRepeatable]
public sealed record PublishRequest : IAwsRequest<PublishResponse>
{
    public string? TopicArn { get; init; }
    public required string Message { get; init; }
    public string? Subject { get; init; }
}

public sealed record PublishResponse
{
    public string? MessageId { get; init; }
}

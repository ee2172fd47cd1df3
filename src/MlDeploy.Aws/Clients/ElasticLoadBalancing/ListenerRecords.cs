using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.ElasticLoadBalancing;

public sealed record DescribeListenersRequest : IAwsRequest<DescribeListenersResponse>
{
    public string? LoadBalancerArn { get; init; }
    public ImmutableArray<string> ListenerArns { get; init; } = [];
    public string? Marker { get; init; }
    public int? PageSize { get; init; }
}

public sealed record DescribeListenersResponse
{
    public ImmutableArray<Listener> Listeners { get; init; } = [];
    public string? NextMarker { get; init; }
}

public sealed record Listener
{
    public required string ListenerArn { get; init; }
    public string? LoadBalancerArn { get; init; }
    public int? Port { get; init; }
    public string? Protocol { get; init; }
    public ImmutableArray<Certificate> Certificates { get; init; } = [];
    public string? SslPolicy { get; init; }
    public ImmutableArray<ListenerAction> DefaultActions { get; init; } = [];
}

public sealed record Certificate
{
    public string? CertificateArn { get; init; }
    public bool? IsDefault { get; init; }
}

public sealed record ListenerAction
{
    public string? Type { get; init; }
    public string? TargetGroupArn { get; init; }
    public int? Order { get; init; }
    public RedirectActionConfig? RedirectConfig { get; init; }
    public FixedResponseActionConfig? FixedResponseConfig { get; init; }
    public ForwardActionConfig? ForwardConfig { get; init; }
}

public sealed record RedirectActionConfig
{
    public string? Protocol { get; init; }
    public string? Port { get; init; }
    public string? Host { get; init; }
    public string? Path { get; init; }
    public string? Query { get; init; }
    public string? StatusCode { get; init; }
}

public sealed record FixedResponseActionConfig
{
    public string? MessageBody { get; init; }
    public string? StatusCode { get; init; }
    public string? ContentType { get; init; }
}

public sealed record ForwardActionConfig
{
    public ImmutableArray<TargetGroupTuple> TargetGroups { get; init; } = [];
}

public sealed record TargetGroupTuple
{
    public required string TargetGroupArn { get; init; }

    /// <summary>0 to 999; shares are relative to the sum.</summary>
    public int? Weight { get; init; }
}

public sealed record DescribeRulesRequest : IAwsRequest<DescribeRulesResponse>
{
    public string? ListenerArn { get; init; }
    public ImmutableArray<string> RuleArns { get; init; } = [];
    public string? Marker { get; init; }
    public int? PageSize { get; init; }
}

public sealed record DescribeRulesResponse
{
    public ImmutableArray<Rule> Rules { get; init; } = [];
    public string? NextMarker { get; init; }
}

public sealed record Rule
{
    public required string RuleArn { get; init; }
    public string? Priority { get; init; }
    public ImmutableArray<RuleCondition> Conditions { get; init; } = [];
    public ImmutableArray<ListenerAction> Actions { get; init; } = [];
    public bool? IsDefault { get; init; }
}

public sealed record RuleCondition
{
    public string? Field { get; init; }
    public ImmutableArray<string> Values { get; init; } = [];
}

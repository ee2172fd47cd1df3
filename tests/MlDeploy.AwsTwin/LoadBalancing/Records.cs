using System.Collections.Immutable;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>A load balancer as ELBv2 records it.</summary>
internal sealed record LoadBalancer(string Arn, string Name, string Scheme)
{
    /// <summary>`app/NAME/ID`: the value of the CloudWatch dimension LoadBalancer.</summary>
    public string Dimension => Arn[(Arn.IndexOf(":loadbalancer/", StringComparison.Ordinal) + ":loadbalancer/".Length)..];
}

/// <summary>A listener with its rules in the order they are tried: by priority, the default last.</summary>
internal sealed record Listener(string Arn, string LoadBalancerArn, int Port, string Protocol, ImmutableArray<ListenerRule> Rules);

/// <summary>A rule; the default rule has no conditions and <see cref="int.MaxValue"/>.</summary>
internal sealed record ListenerRule(int Priority, ImmutableArray<RuleCondition> Conditions, RuleAction Action);

/// <param name="Field">path-pattern, host-header, http-header, http-request-method, query-string or source-ip.</param>
/// <param name="Name">Of the header, for http-header.</param>
/// <param name="Values">Any of them; a query string as `key=value` or `value`.</param>
internal sealed record RuleCondition(string Field, string? Name, ImmutableArray<string> Values);

internal abstract record RuleAction;

/// <summary>To the groups by weight.</summary>
internal sealed record ForwardAction(ImmutableArray<WeightedGroup> Groups) : RuleAction;

internal sealed record FixedResponseAction(int Status, string? ContentType, string? Body) : RuleAction;

internal sealed record RedirectAction(int Status, string Protocol, string Host, string Port, string Path, string Query) : RuleAction;

/// <summary>Something an ALB does and the twin does not, answered 501 so that nobody takes it for tested.</summary>
internal sealed record UnknownAction(string Type) : RuleAction;

/// <param name="Weight">0 to 999.</param>
internal readonly record struct WeightedGroup(string Arn, int Weight);

internal sealed record TargetGroup(string Arn, string Name, string TargetType, int Port, HealthCheck HealthCheck, TimeSpan DeregistrationDelay)
{
    /// <summary>`targetgroup/NAME/ID`: the value of the CloudWatch dimension TargetGroup.</summary>
    public string Dimension => Arn[(Arn.LastIndexOf(':') + 1)..];
}

/// <summary>Over HTTP: the twin's targets are plain local processes.</summary>
/// <param name="Port">Null: the traffic port.</param>
/// <param name="Matcher">Status codes that are healthy: `200`, `200,302`, `200-299`.</param>
internal sealed record HealthCheck(string Path, int? Port, TimeSpan Interval, TimeSpan Timeout, int HealthyThreshold, int UnhealthyThreshold, string Matcher)
{
    public bool IsHealthy(int status) => Matcher.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(part =>
        part.Split('-') is [var low, var high]
            ? status >= int.Parse(low) && status <= int.Parse(high)
            : status == int.Parse(part));
}

/// <summary>Everything the data plane needs to know, read together.</summary>
internal sealed record Configuration(
    ImmutableDictionary<string, LoadBalancer> LoadBalancers, ImmutableArray<Listener> Listeners, ImmutableDictionary<string, TargetGroup> TargetGroups)
{
    public static Configuration Empty { get; } =
        new(ImmutableDictionary<string, LoadBalancer>.Empty, [], ImmutableDictionary<string, TargetGroup>.Empty);

    /// <summary>The load balancers whose listeners can send something to a group: an unused group is not checked.</summary>
    public IEnumerable<string> LoadBalancersOf(string groupArn) => Listeners
        .Where(listener => listener.Rules.Any(rule => rule.Action is ForwardAction forward && forward.Groups.Any(group => group.Arn == groupArn)))
        .Select(listener => listener.LoadBalancerArn)
        .Distinct();
}

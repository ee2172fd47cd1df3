using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Events;

public sealed record DescribeRuleRequest : IAwsRequest<DescribeRuleResponse>
{
    public required string Name { get; init; }
}

public sealed record DescribeRuleResponse
{
    public string? Name { get; init; }
    public string? Arn { get; init; }
    public string? EventPattern { get; init; }
    public string? ScheduleExpression { get; init; }
    public string? State { get; init; }
    public string? Description { get; init; }
}

public sealed record ListTargetsByRuleRequest : IAwsRequest<ListTargetsByRuleResponse>
{
    public required string Rule { get; init; }
    public string? NextToken { get; init; }
    public int? Limit { get; init; }
}

public sealed record ListTargetsByRuleResponse
{
    public ImmutableArray<Target> Targets { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record Target
{
    public string? Id { get; init; }
    public string? Arn { get; init; }
    public string? RoleArn { get; init; }
    public string? Input { get; init; }
}

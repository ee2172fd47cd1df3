using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.Scheduler;

[Rest("GET", "/schedules/{Name}")]
public sealed record GetScheduleRequest : IAwsRequest<GetScheduleResponse>
{
    [InQuery("groupName")]
    public string? GroupName { get; init; }

    public required string Name { get; init; }
}

public sealed record GetScheduleResponse
{
    public string? Arn { get; init; }
    public required string Name { get; init; }
    public string? GroupName { get; init; }
    public string? Description { get; init; }
    public required string State { get; init; }
    public required string ScheduleExpression { get; init; }
    public string? ScheduleExpressionTimezone { get; init; }
    public DateTimeOffset? StartDate { get; init; }
    public DateTimeOffset? EndDate { get; init; }
    public FlexibleTimeWindow? FlexibleTimeWindow { get; init; }
    public Target? Target { get; init; }
    public DateTimeOffset? CreationDate { get; init; }
    public DateTimeOffset? LastModificationDate { get; init; }
    public string? ActionAfterCompletion { get; init; }
}

public sealed record FlexibleTimeWindow
{
    public int? MaximumWindowInMinutes { get; init; }
    public required string Mode { get; init; }
}

public sealed record Target
{
    public required string Arn { get; init; }
    public DeadLetterConfig? DeadLetterConfig { get; init; }
    public string? Input { get; init; }
    public RetryPolicy? RetryPolicy { get; init; }
    public required string RoleArn { get; init; }
}

public sealed record DeadLetterConfig
{
    public string? Arn { get; init; }
}

public sealed record RetryPolicy
{
    public int? MaximumEventAgeInSeconds { get; init; }
    public int? MaximumRetryAttempts { get; init; }
}

[Rest("POST", "/schedules/{Name}")]
public sealed record CreateScheduleRequest : IAwsRequest<CreateScheduleResponse>
{
    public string? ActionAfterCompletion { get; init; }
    public string? ClientToken { get; init; }
    public string? Description { get; init; }
    public DateTimeOffset? EndDate { get; init; }
    public required FlexibleTimeWindow FlexibleTimeWindow { get; init; }
    public string? GroupName { get; init; }
    public required string Name { get; init; }
    public required string ScheduleExpression { get; init; }
    public string? ScheduleExpressionTimezone { get; init; }
    public DateTimeOffset? StartDate { get; init; }
    public string? State { get; init; }
    public required Target Target { get; init; }
}

public sealed record CreateScheduleResponse
{
    public string? ScheduleArn { get; init; }
}

[Rest("PUT", "/schedules/{Name}")]
public sealed record UpdateScheduleRequest : IAwsRequest<UpdateScheduleResponse>
{
    public string? ActionAfterCompletion { get; init; }
    public string? ClientToken { get; init; }

    /// <summary>What is left out goes back to its default.</summary>
    public string? Description { get; init; }

    public DateTimeOffset? EndDate { get; init; }
    public required FlexibleTimeWindow FlexibleTimeWindow { get; init; }
    public string? GroupName { get; init; }
    public required string Name { get; init; }
    public required string ScheduleExpression { get; init; }
    public string? ScheduleExpressionTimezone { get; init; }
    public DateTimeOffset? StartDate { get; init; }
    public string? State { get; init; }
    public required Target Target { get; init; }
}

public sealed record UpdateScheduleResponse
{
    public string? ScheduleArn { get; init; }
}

[Rest("DELETE", "/schedules/{Name}")]
public sealed record DeleteScheduleRequest : IAwsRequest<EmptyResponse>
{
    [InQuery("clientToken")]
    public string? ClientToken { get; init; }

    [InQuery("groupName")]
    public string? GroupName { get; init; }

    public required string Name { get; init; }
}

[Rest("GET", "/schedules")]
public sealed record ListSchedulesRequest : IAwsRequest<ListSchedulesResponse>
{
    [InQuery("ScheduleGroup")]
    public string? GroupName { get; init; }

    [InQuery("MaxResults")]
    public int? MaxResults { get; init; }

    [InQuery("NamePrefix")]
    public string? NamePrefix { get; init; }

    [InQuery("NextToken")]
    public string? NextToken { get; init; }

    [InQuery("State")]
    public string? State { get; init; }
}

public sealed record ListSchedulesResponse
{
    public ImmutableArray<ScheduleSummary> Schedules { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record ScheduleSummary
{
    public string? Arn { get; init; }
    public string? GroupName { get; init; }
    public required string Name { get; init; }
    public string? State { get; init; }
}

using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Scheduling;

namespace MlDeploy.AwsTwin.Scaling;

/// <summary>What is scaled: a namespace, a resource and a dimension of it.</summary>
internal readonly record struct ScalableResource(string Namespace, string ResourceId, string Dimension);

internal sealed record ScalableTarget(ScalableResource Resource, string Region, string Arn, int Minimum, int Maximum, string RoleArn, Suspension Suspended, DateTimeOffset Created);

/// <summary>What Application Auto Scaling is told not to do.</summary>
internal sealed record Suspension(bool In, bool Out, bool Scheduled);

/// <summary>A target tracking policy and the alarms it made.</summary>
internal sealed record ScalingPolicy(ScalableResource Resource, string Name, string Arn, string Type, JsonObject Configuration, DateTimeOffset Created)
{
    public string? HighAlarm { get; init; }

    public string? LowAlarm { get; init; }

    public double TargetValue { get; init; }

    public TimeSpan OutCooldown { get; init; }

    public TimeSpan InCooldown { get; init; }
}

internal sealed record ScheduledAction(
    ScalableResource Resource, string Name, string Arn, string Text, ScheduleExpression Schedule, TimeZoneInfo Zone, int? Minimum, int? Maximum,
    DateTimeOffset? Start, DateTimeOffset? End, DateTimeOffset Created, DateTimeOffset? Due)
{
    public DateTimeOffset? After(DateTimeOffset moment) => Schedule.Next(Created, moment, Zone);
}

internal sealed record ScalingActivity(string Id, ScalableResource Resource, string Description, string Cause, int Count, DateTimeOffset Started)
{
    public DateTimeOffset? Ended { get; init; }

    public string Status { get; init; } = "InProgress";

    public string Message { get; init; } = "";
}

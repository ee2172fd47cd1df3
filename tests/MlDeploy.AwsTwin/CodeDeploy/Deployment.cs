using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>A deployment as GetDeployment tells it. Replaced whole by its run, never changed.</summary>
internal sealed record Deployment
{
    public required string Id { get; init; }

    public required string Region { get; init; }

    public required string Application { get; init; }

    public required string Group { get; init; }

    public required string Configuration { get; init; }

    public required JsonObject Revision { get; init; }

    /// <summary>That of the group's last success.</summary>
    public JsonObject? PreviousRevision { get; init; }

    public string? Description { get; init; }

    /// <summary>`user` or `codeDeployRollback`.</summary>
    public string Creator { get; init; } = "user";

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Completed { get; init; }

    /// <summary>Created, Queued, InProgress, Ready, Succeeded, Failed or Stopped.</summary>
    public string Status { get; init; } = "Created";

    public DeploymentError? Error { get; init; }

    public RollbackInfo? Rollback { get; init; }

    /// <summary>The group as it was when the deployment was created: a later update counts from the next one on.</summary>
    public required JsonObject GroupSettings { get; init; }

    public required JsonObject AutoRollback { get; init; }

    public JsonObject? OverrideAlarms { get; init; }

    public ImmutableArray<LifecycleEvent> Events { get; init; } = [];

    /// <summary>The original task set (`ecs-svc/…`), once known.</summary>
    public string? BlueSet { get; init; }

    public string? BlueGroup { get; init; }

    /// <summary>The replacement task set, once made.</summary>
    public string? GreenSet { get; init; }

    public string? GreenGroup { get; init; }

    public bool TerminationWaitStarted { get; init; }

    public DateTimeOffset Updated { get; init; }

    public bool IsOver => Status is "Succeeded" or "Failed" or "Stopped";

    public bool IsRollback => Creator == "codeDeployRollback";

    /// <summary>What replaces the group's alarms, or these.</summary>
    public JsonObject Alarms => OverrideAlarms ?? GroupSettings["alarmConfiguration"] as JsonObject ?? [];

    public JsonObject Service => (JsonObject)GroupSettings["ecsServices"]![0]!;

    public JsonObject Pair => (JsonObject)GroupSettings["loadBalancerInfo"]!["targetGroupPairInfoList"]![0]!;
}

/// <param name="Code">One of the API's ErrorCode values.</param>
internal sealed record DeploymentError(string Code, string Message);

/// <param name="By">The deployment that rolls this one back.</param>
/// <param name="Of">The deployment that this one rolls back.</param>
internal sealed record RollbackInfo(string? By, string? Of, string Message);

/// <param name="Status">Pending, InProgress, Succeeded, Failed or Skipped.</param>
internal sealed record LifecycleEvent(string Name, string Status = "Pending", DateTimeOffset? Start = null, DateTimeOffset? End = null, string? Problem = null);

/// <summary>Ends a deployment as Failed.</summary>
internal sealed class DeploymentFailure(string code, string message) : Exception(message)
{
    public DeploymentError Error { get; } = new(code, message);
}

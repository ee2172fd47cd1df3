using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>
/// A set of a service's tasks of one task definition: what AWS calls a deployment under the ECS controller, and a task set under
/// the others. Changed only under the book's lock.
/// </summary>
internal sealed class TaskSet
{
    /// <summary>`ecs-svc/NUMBER`, which its tasks carry in startedBy.</summary>
    public required string Id { get; init; }

    public required string TaskDefinitionArn { get; init; }

    public required JsonArray LoadBalancers { get; init; }

    public JsonObject? Network { get; init; }

    public string? ExternalId { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; set; }

    /// <summary>PRIMARY, ACTIVE or DRAINING.</summary>
    public string Status { get; set; } = "ACTIVE";

    /// <summary>Percent of the service's desired count.</summary>
    public double Scale { get; set; } = 100;

    /// <summary>What the rolling deployment allows it; null where the scale decides.</summary>
    public int? Quota { get; set; }

    public bool IsSteady { get; set; }

    public DateTimeOffset SteadySince { get; set; }

    /// <summary>IN_PROGRESS, COMPLETED or FAILED; of the ECS controller.</summary>
    public string RolloutState { get; set; } = "IN_PROGRESS";

    public string? RolloutReason { get; set; }

    /// <summary>Tasks in a row that ended before they were of use.</summary>
    public int Failures { get; set; }

    public int FailedTasks { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    public int Desired(int serviceCount) => Status == "DRAINING" ? 0 : Quota ?? (int)Math.Ceiling(serviceCount * Scale / 100);
}

/// <summary>A service. Changed only under the book's lock.</summary>
internal sealed class EcsService
{
    public required string Arn { get; init; }

    public required string Name { get; init; }

    public required string Cluster { get; init; }

    public required string Region { get; init; }

    /// <summary>ECS, CODE_DEPLOY or EXTERNAL.</summary>
    public required string Controller { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>ACTIVE, DRAINING or INACTIVE.</summary>
    public string Status { get; set; } = "ACTIVE";

    public int DesiredCount { get; set; }

    public string? TaskDefinitionArn { get; set; }

    public JsonArray LoadBalancers { get; set; } = [];

    /// <summary>Members of the service that the twin keeps and shows without acting on them.</summary>
    public JsonObject Kept { get; } = [];

    public JsonObject? Network { get; set; }

    public TimeSpan GracePeriod { get; set; }

    public int MinimumHealthyPercent { get; set; } = 100;

    public int MaximumPercent { get; set; } = 200;

    public bool BreaksCircuit { get; set; }

    public bool RollsBack { get; set; }

    public JsonArray Tags { get; set; } = [];

    public List<TaskSet> Sets { get; } = [];

    /// <summary>Newest first.</summary>
    public List<ServiceEvent> Events { get; } = [];

    public TaskSet? Primary => Sets.Find(set => set.Status == "PRIMARY");

    public bool IsRolling => Controller == "ECS";

    public void Say(DateTimeOffset at, string what) => Events.Insert(0, new ServiceEvent(Guid.NewGuid().ToString(), at, $"(service {Name}) {what}"));
}

internal sealed record ServiceEvent(string Id, DateTimeOffset At, string Message);

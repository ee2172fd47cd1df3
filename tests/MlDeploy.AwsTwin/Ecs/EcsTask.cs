using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>A task as DescribeTasks tells it. Replaced whole by its runner, never changed.</summary>
internal sealed record EcsTask
{
    public required string Arn { get; init; }

    public required string Cluster { get; init; }

    /// <summary>`service:NAME` or `family:NAME`.</summary>
    public required string Group { get; init; }

    public required string TaskDefinitionArn { get; init; }

    /// <summary>The task set or deployment for a service's task; what the caller says for others.</summary>
    public required string? StartedBy { get; init; }

    public required string Address { get; init; }

    public required string? Subnet { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED.</summary>
    public string LastStatus { get; init; } = "PROVISIONING";

    /// <summary>RUNNING or STOPPED.</summary>
    public string DesiredStatus { get; init; } = "RUNNING";

    public string HealthStatus { get; init; } = "UNKNOWN";

    public string? StopCode { get; init; }

    public string? StoppedReason { get; init; }

    public DateTimeOffset? PullStarted { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Stopping { get; init; }

    public DateTimeOffset? Stopped { get; init; }

    public ImmutableArray<EcsContainer> Containers { get; init; } = [];

    public double Cpu { get; init; }

    public double Memory { get; init; }

    public int Version { get; init; } = 1;

    public JsonArray? Tags { get; init; }

    public string Id => Arn[(Arn.LastIndexOf('/') + 1)..];

    public bool IsLive => LastStatus != "STOPPED" && DesiredStatus == "RUNNING";

    public bool IsRunning => LastStatus == "RUNNING" && DesiredStatus == "RUNNING";
}

/// <param name="Ports">Container port and the loopback port that stands for it.</param>
internal sealed record EcsContainer(string Name, string Image, string LastStatus, int? ExitCode, string? Reason, ImmutableDictionary<int, int> Ports, int? ProcessId)
{
    public string HealthStatus { get; init; } = "UNKNOWN";
}

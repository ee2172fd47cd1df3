using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Local.Control;

/// <summary>Who is there. A command of another version of mldeploy replaces the host, or refuses while it deploys.</summary>
public sealed record HostStatus(string ToolVersion, int ProcessId, int? WatcherProcessId, DateTimeOffset StartedAt, ImmutableArray<string> Applications, ImmutableArray<string> Deploying);

/// <param name="Url">With the key in it: whoever has it can look.</param>
public sealed record DashboardAddress(string Url);

/// <param name="Manifest">Canonical manifest: secret references only.</param>
/// <param name="Secrets">Resolved values by name; they cross the socket once and are kept in a file of mode 0600.</param>
/// <param name="BaseEnvironment">PATH, HOME and the like, for the version's processes.</param>
/// <param name="Holder">Who deploys.</param>
/// <param name="Webhooks">Resolved addresses of `notifications.webhook`, in its order; kept like secrets.</param>
public sealed record DeployRequest(
    string Manifest,
    ImmutableSortedDictionary<string, string> Secrets,
    ImmutableSortedDictionary<string, string> BaseEnvironment,
    string Holder,
    string? RunUrl,
    ImmutableArray<string>? Webhooks = null);

/// <param name="Deployment">Number to follow; null when there is nothing to do because the version serves already.</param>
/// <param name="After">The journal's newest entry when a running deployment was steered: what was asked for shows after it. Null for one that begins.</param>
public sealed record DeployAccepted(int? Deployment, string Version, string? Stable, ImmutableArray<string> Notes, long? After = null);

/// <param name="To">Label or id of the version; null for the one before the present.</param>
public sealed record RollbackRequest(string? To, string Holder, string? RunUrl);

public sealed record SteerRequest(string By, string? Signal = null, bool Full = false);

/// <summary>A failure as it crosses the socket: the client throws it again as it was.</summary>
public sealed record ControlError(ExitCode ExitCode, string Message, string Remedy);

public sealed record ApplicationStatus(
    string Name,
    string Listen,
    bool Listening,
    ImmutableArray<VersionStatus> Versions,
    Availability? Availability,
    DeploymentStatus? Deployment,
    ModelStatus? Model = null);

/// <summary>Stable's model; its counts are since the version began to run here.</summary>
/// <param name="AgeSeconds">Since it was trained; null when the manifest does not say when.</param>
/// <param name="Captured">Rows whose features were counted.</param>
/// <param name="Dropped">Requests left out because capture could not keep up, or a body was too large.</param>
/// <param name="Unparsable">Requests that could not be read as the manifest's protocol.</param>
/// <param name="Drift">What the newest look found; null where none is asked for, or before the first.</param>
public sealed record ModelStatus(string? Name, string? Version, double? AgeSeconds, long Captured, long Dropped, long Unparsable, DriftLook? Drift);

/// <param name="Role">stable, candidate, or previous (kept for rollback).</param>
/// <param name="Weight">Share of production traffic, 0–1, as read back from the gateway.</param>
/// <param name="Health">healthy, unhealthy, starting, stopped …</param>
public sealed record VersionStatus(
    string Id, string Label, string Role, double Weight, string Health, int? ProcessId, int? Port, int Restarts, DateTimeOffset? Since, string? Reason);

/// <summary>Successes over all requests, since the application was first deployed.</summary>
public sealed record Availability(long Requests, long Successes, DateTimeOffset Since)
{
    [JsonIgnore]
    public double? Share => Requests == 0 ? null : (double)Successes / Requests;
}

public sealed record DeploymentStatus(int Number, string Candidate, string Phase, int Step, int Steps, double Weight, DateTimeOffset Since, string Holder, string? RunUrl, string? Reason);

public sealed record HistoryEntry(
    int Number, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Candidate, string? Stable, string Phase,
    [property: JsonConverter(typeof(JsonNumberEnumConverter<ExitCode>))] ExitCode? ExitCode, string? Reason, string Holder, string? RunUrl);

public sealed record ArmMetrics(
    string Version, string Role, long Requests, long Failures, double? ErrorShare, double? P50, double? P95, double? P99, double CpuSeconds, long? MemoryBytes, int Restarts,
    double? ModelAgeSeconds = null, long? CapturedRows = null, long? CaptureDropped = null, long? CaptureUnparsable = null);

/// <param name="Drift">Stable's, as it was last looked at; null where it is not watched.</param>
public sealed record ApplicationMetrics(string Name, DateTimeOffset At, ImmutableArray<ArmMetrics> Arms, DriftLook? Drift = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(HostStatus))]
[JsonSerializable(typeof(DashboardAddress))]
[JsonSerializable(typeof(DeployRequest))]
[JsonSerializable(typeof(DeployAccepted))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(SteerRequest))]
[JsonSerializable(typeof(ControlError))]
[JsonSerializable(typeof(ApplicationStatus))]
[JsonSerializable(typeof(ImmutableArray<ApplicationStatus>))]
[JsonSerializable(typeof(ImmutableArray<HistoryEntry>))]
[JsonSerializable(typeof(ApplicationMetrics))]
public sealed partial class ControlJson : JsonSerializerContext;

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;

namespace MlDeploy.Tool.OnLocal;

/// <summary>`mldeploy/status/v1`</summary>
internal sealed record StatusDocument(ImmutableArray<ApplicationStatus> Applications);

/// <summary>`mldeploy/history/v1`</summary>
internal sealed record HistoryDocument(string Application, ImmutableArray<HistoryEntry> Deployments);

/// <summary>`mldeploy/metrics/v1`</summary>
internal sealed record MetricsDocument(ImmutableArray<ApplicationMetrics> Applications);

/// <summary>`mldeploy/dashboard/v1`</summary>
internal sealed record DashboardDocument(string Url);

/// <summary>`mldeploy/host/v1`</summary>
internal sealed record HostDocument(bool Running, HostStatus? Host, string State, string Log);

/// <summary>`mldeploy/plan/v1`</summary>
internal sealed record PlanDocument(string Application, string Candidate, string? Stable, bool Changes, ImmutableArray<PropertyChange> Properties);

/// <summary>`mldeploy/destroyed/v1`</summary>
internal sealed record DestroyedDocument(string Application);

/// <summary>`mldeploy/doctor/v1`</summary>
internal sealed record DoctorDocument(bool Healthy, ImmutableArray<Finding> Findings);

/// <param name="Remedy">Null when all is well.</param>
internal sealed record Finding(string Subject, string Found, string? Remedy);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(MetricsDocument))]
[JsonSerializable(typeof(DashboardDocument))]
[JsonSerializable(typeof(HostDocument))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(DestroyedDocument))]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class LocalDocuments : JsonSerializerContext;

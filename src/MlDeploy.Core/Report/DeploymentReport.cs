using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report;

/// <summary>What a deployment did, as people and machines read it afterwards. Made from its journal alone.</summary>
public sealed record DeploymentReport
{
    /// <summary>How it is written: `mldeploy/report/v1`.</summary>
    public static JsonTypeInfo<DeploymentReport> Json => ReportJson.Default.DeploymentReport;

    private static JsonSerializerOptions Readable { get; } = new(ReportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Deployment { get; init; }
    public required string Application { get; init; }
    public required string Candidate { get; init; }
    public required string? Stable { get; init; }
    public required Phase Outcome { get; init; }
    /// <summary>As the process ends: a number, also in JSON.</summary>
    [JsonConverter(typeof(JsonNumberEnumConverter<ExitCode>))]
    public required ExitCode? ExitCode { get; init; }

    /// <summary>The verdict in one sentence.</summary>
    public required string Verdict { get; init; }

    /// <summary>All that is known of why, over several lines where an application's log is part of it.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }
    public required string Holder { get; init; }
    public required string? RunUrl { get; init; }
    public required ImmutableArray<TimelineEntry> Timeline { get; init; }
    public required ImmutableArray<StepReport> Steps { get; init; }
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>mldeploy's own version, which judged.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>Pre-traffic tests in the manifest's order.</summary>
    public ImmutableArray<TestReport> Tests { get; init; } = [];

    /// <summary>Every gate over time.</summary>
    public ImmutableArray<GateReport> Gates { get; init; } = [];

    public required ManifestReport Manifest { get; init; }

    /// <summary>The model that was deployed; null when the manifest names none.</summary>
    public ModelReport? Model { get; init; }

    /// <summary>What the model was asked and answered; null where nothing was captured.</summary>
    public FeaturesReport? Features { get; init; }

    /// <summary>Where replaying the journal gives other states or judgments than are written; empty for a sound one, and where it was not replayed.</summary>
    public ImmutableArray<string> Discrepancies { get; init; } = [];

    /// <summary>The document as it lies beside the journal, and as `report -o json` prints it: the same, `schema` first.</summary>
    public string ToJson()
    {
        var document = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        document.Insert(0, "schema", "mldeploy/report/v1");
        return document.ToJsonString(Readable);
    }
}

/// <param name="At">Since the deployment began.</param>
/// <param name="Weight">The candidate's share of traffic, 0–1.</param>
public sealed record TimelineEntry(TimeSpan At, Phase Phase, int Step, double Weight, string What);

/// <summary>The last word of every gate on one step.</summary>
public sealed record StepReport(string Name, double Weight, TimeSpan Lasted, ImmutableArray<Judgment> Judgments);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DeploymentReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

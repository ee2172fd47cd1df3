using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Report;

/// <summary>Two deployments of one application beside one another: how they ended, how long they took, what their gates read, what was asked of them.</summary>
public sealed record ReportDiff
{
    public static JsonTypeInfo<ReportDiff> Json => ReportDiffJson.Default.ReportDiff;

    public required string Application { get; init; }
    public required DeploymentSide Before { get; init; }
    public required DeploymentSide After { get; init; }
    public required ImmutableArray<PhaseDiff> Phases { get; init; }
    public required ImmutableArray<GateDiff> Gates { get; init; }
    public required ImmutableArray<PropertyChange> Manifest { get; init; }

    public static ReportDiff Of(DeploymentReport before, DeploymentReport after) => new()
    {
        Application = after.Application,
        Before = DeploymentSide.Of(before),
        After = DeploymentSide.Of(after),
        Phases = [.. PhaseDiffs(before, after)],
        Gates = [.. GateDiffs(before, after)],
        Manifest = after.Manifest.Settings is { } settings ? ManifestChanges.Between(before.Manifest.Settings, settings) : [],
    };

    private static IEnumerable<PhaseDiff> PhaseDiffs(DeploymentReport before, DeploymentReport after)
    {
        var (left, right) = (Durations(before), Durations(after));
        return left.Select(phase => phase.Name).Union(right.Select(phase => phase.Name)).Select(name => new PhaseDiff(name, Took(left, name), Took(right, name)));
    }

    private static TimeSpan? Took(IReadOnlyList<(string Name, TimeSpan Took)> durations, string name) =>
        durations.Any(phase => phase.Name == name) ? durations.Where(phase => phase.Name == name).Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took) : null;

    /// <summary>From each transition to the next; a step that was judged is named by its weight.</summary>
    private static List<(string Name, TimeSpan Took)> Durations(DeploymentReport report) =>
    [
        .. report.Timeline.Zip(report.Timeline.Skip(1), (entry, next) => (
            entry.Phase == Rollout.Phase.Judging ? $"judging at {Rollout.Words.Percent(entry.Weight)}" : Verdicts.Name(entry.Phase), next.At - entry.At)),
    ];

    /// <summary>Step by step: weights that both had are compared, others stand alone.</summary>
    private static IEnumerable<GateDiff> GateDiffs(DeploymentReport before, DeploymentReport after)
    {
        var (left, right) = (Words(before), Words(after));
        return right.Keys.Union(left.Keys).OrderBy(key => key.Weight).Select(key => new GateDiff(key.Gate, key.Weight, left.GetValueOrDefault(key), right.GetValueOrDefault(key)));
    }

    private static Dictionary<(string Gate, double Weight), Judgment> Words(DeploymentReport report)
    {
        var words = new Dictionary<(string, double), Judgment>();
        foreach (var step in report.Steps)
        {
            foreach (var judgment in step.Judgments)
            {
                words[(judgment.Gate, step.Weight)] = judgment;
            }
        }

        return words;
    }
}

/// <param name="Took">Null while it runs.</param>
public sealed record DeploymentSide(int Deployment, string Candidate, string? Stable, string Outcome, string Verdict, TimeSpan? Took, ModelReport? Model, string ManifestDigest)
{
    internal static DeploymentSide Of(DeploymentReport report) => new(
        report.Deployment, report.Candidate, report.Stable, Verdicts.Name(report.Outcome), report.Verdict, report.EndedAt - report.StartedAt, report.Model, report.Manifest.Digest);
}

/// <param name="Before">Null when that deployment had no such phase.</param>
public sealed record PhaseDiff(string Phase, TimeSpan? Before, TimeSpan? After);

/// <summary>The last word of one gate at one weight.</summary>
/// <param name="Weight">0–1.</param>
/// <param name="Before">Null when that deployment had no such gate, or never came to this weight.</param>
public sealed record GateDiff(string Gate, double Weight, Judgment? Before, Judgment? After)
{
    /// <summary>The candidate's value after over before; null where there is none, or nothing before.</summary>
    public double? Ratio => Before?.Value is { } before and > 0 && After?.Value is { } after ? after / before : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ReportDiff))]
internal sealed partial class ReportDiffJson : JsonSerializerContext;

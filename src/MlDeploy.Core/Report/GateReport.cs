using System.Collections.Immutable;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Report;

/// <summary>One gate over the whole rollout. Values and limits are in the metric's canonical unit.</summary>
public sealed record GateReport
{
    /// <summary>Points kept of one gate: enough for a chart, and bounded for a rollout of days.</summary>
    public const int MostPoints = 160;

    public required string Gate { get; init; }

    public required MetricUnit Unit { get; init; }

    /// <summary>As a reader wants it: `at most 5 %, at most 0.5 % above stable`.</summary>
    public required string Limit { get; init; }

    public double? Max { get; init; }
    public double? Min { get; init; }

    /// <summary>Tolerated above stable.</summary>
    public double? MaxIncrease { get; init; }

    /// <summary>Tolerated times stable.</summary>
    public double? MaxRatio { get; init; }

    public required ImmutableArray<GatePoint> Points { get; init; }
}

/// <summary>What a gate said at one look; values are of the step so far, so they begin anew at each step.</summary>
/// <param name="At">Since the deployment began.</param>
/// <param name="Low">Lower end of the time-uniform interval; null for rules.</param>
/// <param name="N">Units at the candidate in the step.</param>
public sealed record GatePoint(TimeSpan At, int Step, JudgmentKind Kind, double? Value, double? Low, double? High, double? Stable, long N);

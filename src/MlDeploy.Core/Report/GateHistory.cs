using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Core.Report;

/// <summary>The journal's looks, told gate by gate.</summary>
internal static class GateHistory
{
    /// <param name="gates">The manifest's, for limits as numbers; a gate that is not among them has its limit in words alone.</param>
    public static ImmutableArray<GateReport> Of(OpenedEntry opened, IReadOnlyList<JournalEntry> entries, ImmutableArray<Gate> gates) =>
    [
        .. entries
            .OfType<LookEntry>()
            .Where(look => look.Judgments is not null)
            .SelectMany(look => look.Judgments!.Value.Select(judgment => (Look: look, Judgment: judgment)))
            .GroupBy(told => told.Judgment.Gate, StringComparer.Ordinal)
            .Select(told => Report(told.Last().Judgment, gates.FirstOrDefault(gate => gate.Id == told.Key), Thinned([.. told.Select(pair => Point(opened, pair.Look, pair.Judgment))]))),
    ];

    private static GateReport Report(Judgment last, Gate? gate, ImmutableArray<GatePoint> points) => new()
    {
        Gate = last.Gate,
        Unit = last.Unit,
        Limit = last.Limit,
        Max = gate?.Max,
        Min = gate?.Min,
        MaxIncrease = gate?.MaxIncrease,
        MaxRatio = gate?.MaxRatio,
        Points = points,
    };

    private static GatePoint Point(OpenedEntry opened, LookEntry look, Judgment judgment) =>
        new(look.At - opened.At, look.Step, judgment.Kind, judgment.Value, judgment.Low, judgment.High, judgment.Stable, judgment.N);

    /// <summary>Where a step begins or ends and where a gate changes its mind stays; of the rest as many as there is room for, evenly.</summary>
    private static ImmutableArray<GatePoint> Thinned(ImmutableArray<GatePoint> points)
    {
        if (points.Length <= GateReport.MostPoints)
        {
            return points;
        }

        var stride = (int)Math.Ceiling(points.Length / (GateReport.MostPoints / 2.0));
        var kept = points.Where((point, at) => at % stride == 0 || IsTurn(points, at)).ToImmutableArray();

        // A gate that changes its mind all the time: evenly then, and the end.
        return kept.Length <= GateReport.MostPoints ? kept : [.. points.Where((_, at) => at % stride == 0), points[^1]];
    }

    private static bool IsTurn(ImmutableArray<GatePoint> points, int at) =>
        at == 0 || at == points.Length - 1
        || points[at - 1].Step != points[at].Step || points[at + 1].Step != points[at].Step
        || points[at - 1].Kind != points[at].Kind;
}

using MlDeploy.Core.Analysis.Gates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// A gate on inputs or predictions, feature by feature: the first that is beyond its limit fails it, and the worst one is shown. Slices can fail a gate too; whether it
/// passes is a matter of all rows, since a rare slice would never have enough.
/// </summary>
/// <param name="slices">Fixed before traffic: the budget is split over them whether they come or not.</param>
internal abstract class ModelGate(Gate gate, MetricDefinition metric, int slices) : GateJudge(gate, metric)
{
    private const int MostNamed = 3;

    protected StepContext Step { get; private set; } = null!;

    protected ModelMeasurement? Last { get; private set; }

    protected override void Reset(StepContext step) => (Step, Last) = (step, null);

    protected override void Observe(Measurement measurement) =>
        Last = measurement as ModelMeasurement ?? throw Unfit(measurement);

    protected sealed override Judgment Judge()
    {
        var all = Judge(new JudgedRows(null, Last!.Rows, Last.Features, Last.Void, SlicePart(null)));
        if (slices == 0 || all.Kind == JudgmentKind.Fail)
        {
            return all;
        }

        var thin = new List<string>();
        foreach (var slice in Last.Slices ?? [])
        {
            var told = Judge(new JudgedRows(slice.Slice, slice.Rows, slice.Features, slice.Void, SlicePart(slice.Slice)));
            if (told.Kind == JudgmentKind.Fail)
            {
                return told with { Reason = $"where {slice.Slice}: {told.Reason}" };
            }

            if (told.Kind != JudgmentKind.Pass)
            {
                thin.Add(slice.Slice);
            }
        }

        return all with { Reason = $"{(all.Reason is { } reason ? $"{reason}; " : "")}{Told(thin)}" };
    }

    protected abstract Judgment Judge(JudgedRows rows);

    /// <summary>The part of the gate's budget that all rows, or one slice, have.</summary>
    protected double SlicePart(string? slice) => slices == 0 ? 1 : slice is null ? 0.5 : 0.5 / slices;

    /// <summary>A pass needs as many rows as any other gate's units.</summary>
    protected Judgment UnlessTooFew(Judgment judgment, JudgedRows rows) => rows.Rows >= Step.MinimumUnits ? judgment : judgment with
    {
        Kind = JudgmentKind.Inconclusive,
        MoreNeeded = Step.MinimumUnits - rows.Rows,
        Reason = $"{MetricText.Count(rows.Rows)} rows at the candidate so far, at least {MetricText.Count(Step.MinimumUnits)} are needed",
    };

    /// <summary>What no evidence could have been against is not passed.</summary>
    protected static Judgment NotDecisive(Judgment judgment, string feature, JudgedRows rows) => judgment with
    {
        Kind = JudgmentKind.Inconclusive,
        MoreNeeded = Math.Max(1, rows.Rows),
        Reason = $"{feature}: too few values for anything to have shown by now",
    };

    protected static Judgment WithoutValues(Judgment judgment, string feature) => judgment with { Kind = JudgmentKind.NoData, Reason = $"{feature} has no values to be judged" };

    protected string Say(double value) => MetricText.Value(Metric.Unit, value);

    /// <summary>Evidence is a logarithm; a level of α needs 1/α.</summary>
    protected static double Needed(double level, int features) => -Math.Log(level / Math.Max(1, features));

    /// <summary>What could not be judged by itself is named: silence would read as a pass.</summary>
    private string Told(List<string> thin) => thin.Count == 0
        ? $"{slices - thin.Count} slices were judged by themselves"
        : $"too few rows to judge {thin.Count} of {slices} slices by themselves ({string.Join(", ", thin.Take(MostNamed))}{(thin.Count > MostNamed ? ", …" : "")})";
}

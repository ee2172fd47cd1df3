using MlDeploy.Core.Analysis.Gates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>A gate on inputs or predictions, feature by feature: the first that is beyond its limit fails it, and the worst one is shown.</summary>
internal abstract class ModelGate(Gate gate, MetricDefinition metric) : GateJudge(gate, metric)
{
    protected StepContext Step { get; private set; } = null!;

    protected ModelMeasurement? Last { get; private set; }

    protected override void Reset(StepContext step) => (Step, Last) = (step, null);

    protected override void Observe(Measurement measurement) =>
        Last = measurement as ModelMeasurement ?? throw Unfit(measurement);

    /// <summary>A pass needs as many rows as any other gate's units.</summary>
    protected Judgment UnlessTooFew(Judgment judgment) => Last!.Rows >= Step.MinimumUnits ? judgment : judgment with
    {
        Kind = JudgmentKind.Inconclusive,
        MoreNeeded = Step.MinimumUnits - Last.Rows,
        Reason = $"{MetricText.Count(Last.Rows)} rows at the candidate so far, at least {MetricText.Count(Step.MinimumUnits)} are needed",
    };

    /// <summary>What no evidence could have been against is not passed.</summary>
    protected Judgment NotDecisive(Judgment judgment, string feature) => judgment with
    {
        Kind = JudgmentKind.Inconclusive,
        MoreNeeded = Math.Max(1, Last!.Rows),
        Reason = $"{feature}: too few values for anything to have shown by now",
    };

    protected static Judgment WithoutValues(Judgment judgment, string feature) => judgment with { Kind = JudgmentKind.NoData, Reason = $"{feature} has no values to be judged" };

    protected string Say(double value) => MetricText.Value(Metric.Unit, value);

    /// <summary>Evidence is a logarithm; a level of α needs 1/α.</summary>
    protected static double Needed(double level, int features) => -Math.Log(level / Math.Max(1, features));
}

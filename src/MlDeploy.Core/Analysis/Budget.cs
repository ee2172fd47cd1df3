using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis;

/// <summary>
/// Splits the chance of a false alarm, 1 − confidence, over everything that is tested in a rollout. The parts add up to the whole,
/// so by the union bound the guarantee holds for all gates and steps together, however they depend on one another.
/// <para>
/// Over limits: a comparing limit and one on the model get <see cref="SubtleWeight"/> parts each, another absolute one a single part. What exceeds an absolute
/// limit does so by a wide margin or slowly; it is the comparison that has to see a small rise in few requests, and a limit on the model is split
/// once more over all features: there a bigger part saves time. Over steps: step j of n gets a part proportional to 1 / ((j + 1)(j + 2)), most to the first, where a bad version
/// shows first and traffic at the candidate is least; later steps have more traffic to make up for it.
/// </para>
/// </summary>
internal sealed class Budget
{
    private const double SubtleWeight = 5;

    private readonly double alpha;
    private readonly double parts;
    private readonly int steps;
    private readonly int comparableSteps;

    public Budget(JudgingPlan plan)
    {
        alpha = 1 - plan.Confidence;
        parts = Math.Max(1, plan.Gates.Where(IsTested).Sum(gate => (HasAbsolute(gate) ? AbsoluteWeight(gate) : 0) + (HasComparing(gate) ? SubtleWeight : 0)));
        steps = Math.Max(1, plan.Steps);
        comparableSteps = Math.Max(1, plan.ComparableSteps ?? plan.Steps);
    }

    /// <summary>False-alarm chance of one gate's absolute limit in one step.</summary>
    /// <param name="step">0-based.</param>
    public double Absolute(int step) => alpha / parts * StepPart(step, steps);

    /// <summary>False-alarm chance of one model gate's limit in one step, over all its features and slices.</summary>
    /// <param name="step">0-based.</param>
    public double Model(int step) => SubtleWeight * Absolute(step);

    /// <summary>False-alarm chance of one gate's comparing limit in one step.</summary>
    /// <param name="step">0-based; the comparable steps are the first ones.</param>
    public double Comparing(int step) => alpha * SubtleWeight / parts * StepPart(step, comparableSteps);

    /// <summary>Both arms get the same requests: a rise of missing values is over the profile's own rate, which is known beforehand.</summary>
    public static bool HasAbsolute(Gate gate) =>
        gate.Metric is not "model.prediction.drift" && (gate.Max is not null || gate.Min is not null || (gate.Metric is "model.inputs.missing" && gate.MaxIncrease is not null));

    public static bool HasComparing(Gate gate) =>
        gate.Metric is "model.prediction.drift" || (gate.Metric is not "model.inputs.missing" && (gate.MaxIncrease is not null || gate.MaxRatio is not null));

    private static double AbsoluteWeight(Gate gate) => IsOnTheModel(gate) ? SubtleWeight : 1;

    private static bool IsOnTheModel(Gate gate) => MetricCatalog.Find(gate.Metric)?.Judging is JudgingKind.Model;

    /// <summary>Rules are outside the guarantee and cost nothing.</summary>
    private static bool IsTested(Gate gate) =>
        MetricCatalog.Find(gate.Metric)?.Judging is JudgingKind.Proportion or JudgingKind.Quantile
        || (IsOnTheModel(gate) && gate.Metric is not ("model.age" or "model.inputs.schema"));

    /// <summary>1/((j+1)(j+2)) sums to n/(n+1) over n steps.</summary>
    private static double StepPart(int step, int count) => (count + 1.0) / count / ((step + 1.0) * (step + 2.0));
}

using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Gates;

namespace MlDeploy.Core.Analysis;

/// <summary>
/// Judges a rollout: a deterministic fold over the measurements of its steps.
/// The same measurements in the same order always give the same judgments.
/// </summary>
public sealed class Judge
{
    private readonly Budget budget;
    private readonly ImmutableArray<GateJudge> gates;
    private readonly Dictionary<string, GateJudge> byId;
    private StepContext? step;
    private int lastStep = -1;

    /// <exception cref="ArgumentException">A gate's metric is unknown or not built, two gates share an id, or the confidence is no share.</exception>
    public Judge(JudgingPlan plan)
    {
        if (plan.Confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(plan), plan.Confidence, "confidence lies between 0 and 1");
        }

        Plan = plan;
        budget = new Budget(plan);
        gates = [.. plan.Gates.Select(gate => GateJudges.For(gate, plan.Model))];
        byId = gates.ToDictionary(gate => gate.Gate.Id, StringComparer.Ordinal);
    }

    public JudgingPlan Plan { get; }

    /// <summary>
    /// False: judgments have their kind and reason, without value, interval and what would have been caught, which cost far more than deciding does.
    /// For simulations; the decisions are the same.
    /// </summary>
    public bool Explains { get; init; } = true;

    /// <summary>
    /// Starts a step's evidence. A step that is judged again (resumed after a pause) starts anew, with its part of the budget again.
    /// A step's part depends on its number alone, so a judge that joins in the middle of a rollout needs the same evidence.
    /// </summary>
    /// <param name="number">0-based, over all judged steps; never goes back.</param>
    /// <param name="comparable">
    /// False where stable has no traffic by construction (bake, blue-green, first deployment): comparing limits are not applicable.
    /// Comparable steps come before the others.
    /// </param>
    public void BeginStep(int number, bool comparable)
    {
        if (number < lastStep || number >= (comparable ? ComparableSteps : Plan.Steps))
        {
            throw new ArgumentOutOfRangeException(
                nameof(number), number, $"of {Plan.Steps} steps the first {ComparableSteps} are comparable, and they are judged in order; the last was {lastStep}");
        }

        lastStep = number;
        step = new StepContext(budget.Absolute(number), budget.Model(number), budget.Comparing(number), comparable, Plan.MinimumUnits, Plan.UserUnits, Explains);
        foreach (var gate in gates)
        {
            gate.BeginStep(step);
        }
    }

    /// <summary>
    /// For quantile gates with maxRatio: the latency that the next interval's requests are counted against,
    /// from what stable showed before; null while stable has shown too little.
    /// </summary>
    public TimeSpan? ThresholdFor(string gate) => Find(gate).Threshold;

    /// <summary>For proportion and quantile gates: how likely the time-uniform interval shown beside the gate's value may ever miss it in this step. 0–1.</summary>
    public double IntervalLevelFor(string gate) => Find(gate).IntervalLevel;

    /// <summary>Takes one interval's measurements, at most one per gate, and says what every gate makes of the step so far.</summary>
    /// <param name="measurements">A gate without one has nothing new; a gate that could not be measured has a <see cref="MissingMeasurement"/>.</param>
    /// <returns>One judgment per gate of the plan, in its order.</returns>
    public ImmutableArray<Judgment> Look(IReadOnlyList<Measurement> measurements)
    {
        if (step is null)
        {
            throw new InvalidOperationException("a step must begin before it is looked at");
        }

        var fresh = new Dictionary<string, Measurement>(StringComparer.Ordinal);
        foreach (var measurement in measurements)
        {
            if (!byId.ContainsKey(measurement.Gate) || !fresh.TryAdd(measurement.Gate, measurement))
            {
                throw new ArgumentException($"there is no gate {measurement.Gate}, or it was measured twice", nameof(measurements));
            }
        }

        return [.. gates.Select(gate => gate.Take(fresh.GetValueOrDefault(gate.Gate.Id)))];
    }

    private int ComparableSteps => Plan.ComparableSteps ?? Plan.Steps;

    private GateJudge Find(string id) =>
        byId.TryGetValue(id, out var gate) ? gate : throw new ArgumentException($"there is no gate {id}", nameof(id));
}

using System.Collections.Immutable;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis;

/// <param name="Steps">How many steps will be judged in the whole rollout, bake included: the budget is split over them.</param>
/// <param name="UserUnits">True under stickiness: units are users.</param>
public sealed record JudgingPlan(ImmutableArray<Gate> Gates, double Confidence, int Steps, long MinimumUnits, bool UserUnits);

/// <summary>
/// Judges a rollout: a deterministic fold over the measurements of its steps.
/// The same measurements in the same order always give the same judgments.
/// </summary>
public sealed class Judge(JudgingPlan plan)
{
    public JudgingPlan Plan { get; } = plan;

    /// <summary>Starts a step's evidence.</summary>
    /// <param name="step">0-based, over all judged steps.</param>
    /// <param name="comparable">False where stable has no traffic by construction (bake, blue-green, first deployment): comparing limits are not applicable.</param>
    public void BeginStep(int step, bool comparable) => throw new NotSupportedException("judging");

    /// <summary>
    /// For quantile gates with maxRatio: the latency that the next interval's requests are counted against,
    /// from what stable showed before; null while stable has shown too little.
    /// </summary>
    public TimeSpan? ThresholdFor(string gate) => throw new NotSupportedException("judging");

    /// <summary>Takes one interval's measurements (one per gate) and says what every gate makes of the step so far.</summary>
    public ImmutableArray<Judgment> Look(IReadOnlyList<Measurement> measurements) => throw new NotSupportedException("judging");
}

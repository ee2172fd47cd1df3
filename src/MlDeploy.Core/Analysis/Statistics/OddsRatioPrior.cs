using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>One alternative: how much worse a bad version may be, and how much is staked on it.</summary>
/// <param name="ratio">Odds of the event at the candidate over the odds at stable; above 1.</param>
/// <param name="stake">Share of the evidence staked on it, 0–1; all of them add up to 1.</param>
public sealed class OddsRatio(double ratio, double stake)
{
    private readonly double logRatio = Math.Log(ratio);

    public double Stake => stake;

    public double LogStake { get; } = Math.Log(stake);

    /// <summary>What every event costs, whichever arm it is in: log(1 − w + wθ).</summary>
    /// <param name="weight">The candidate's share w of the units, 0–1.</param>
    public double Cost(double weight) => Logarithms.LogOnePlus(weight * (ratio - 1));

    /// <summary>Logarithm of the likelihood ratio θ^k_c / (1 − w + wθ)^k.</summary>
    /// <param name="candidateEvents">k_c.</param>
    /// <param name="events">k, both arms.</param>
    /// <param name="cost">See <see cref="Cost"/>.</param>
    public double LogLikelihoodRatio(double candidateEvents, double events, double cost) => (candidateEvents * logRatio) - (events * cost);
}

/// <summary>
/// The mixture over alternatives. Any choice keeps the guarantee; this one was chosen by simulation for speed where it matters:
/// a few per cent of new errors over a low base (ratios 4 to 30). Ratios close to 1 are kept with small stakes: on a high base
/// they are what a rise of one percentage point looks like, and there events are plenty.
/// </summary>
public static class OddsRatioPrior
{
    public static ImmutableArray<OddsRatio> Default { get; } =
    [
        new(1.1, 0.03), new(1.25, 0.05), new(1.6, 0.08), new(2.2, 0.10), new(3.2, 0.15),
        new(5, 0.20), new(9, 0.16), new(18, 0.12), new(40, 0.07), new(150, 0.04),
    ];
}

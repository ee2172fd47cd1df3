using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>How much worse a bad version may be: odds ratios above 1, and how much is staked on each.</summary>
/// <param name="Ratio">Odds of the event at the candidate over the odds at stable; above 1.</param>
/// <param name="Stake">Share of the evidence staked on it; all of them add up to 1.</param>
public readonly record struct OddsRatio(double Ratio, double Stake);

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

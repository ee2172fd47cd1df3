using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>
/// Evidence that a share lies above a limit: the likelihood ratio of binomials, mixed over a few odds ratios above 1. For every share at or below
/// the limit its mean is at most 1 (the ratio is monotone in the share), so it is an e-process and by Ville's inequality ever reaches
/// 1/α with probability at most α (Robbins 1970; Ramdas, Grünwald, Vovk and Shafer 2023). It depends on the counts so far alone.
/// One-sided with few alternatives it needs a seventh fewer rows than the two-sided beta mixture of <see cref="ProportionSequence"/>
/// at small shares, where model gates live.
/// </summary>
public static class RateEvidence
{
    /// <summary>
    /// Odds at the live data over odds at the limit, and what is staked on each; any choice keeps the guarantee. Neighbours are near enough for a share between them to lose little;
    /// most is staked on twice to six times the limit, since a larger share needs few rows anyway, and a smaller one is no disaster.
    /// </summary>
    private static readonly ImmutableArray<(double Ratio, double LogStake)> Alternatives =
    [
        .. new[] { (1.3, 0.04), (1.6, 0.09), (2.2, 0.2), (3.4, 0.3), (5.5, 0.2), (10, 0.1), (40, 0.05), (400, 0.02) }.Select(one => (one.Item1, Math.Log(one.Item2))),
    ];

    /// <summary>Logarithm of the e-value against "the share is at most <paramref name="limit"/>"; +∞ when a limit of 0 is broken, −∞ where the share seen is within it, which is no evidence.</summary>
    public static double Log(double k, double n, double limit)
    {
        if (limit <= 0)
        {
            return k > 0 ? double.PositiveInfinity : 0;
        }

        if (limit >= 1 || n <= 0)
        {
            return 0;
        }

        var total = double.NegativeInfinity;
        if (k <= n * limit)
        {
            return total;
        }

        foreach (var (ratio, logStake) in Alternatives)
        {
            total = Logarithms.Add(total, logStake + (k * Math.Log(ratio)) - (n * Logarithms.LogOnePlus(limit * (ratio - 1))));
        }

        return total;
    }

    /// <summary>The time-uniform lower bound: the least share that is not ruled out. 0–1.</summary>
    /// <param name="level">Chance, 0–1 exclusive, that the bound ever lies above the share.</param>
    public static double Lower(double k, double n, double level)
    {
        if (k <= 0 || n <= 0)
        {
            return 0;
        }

        // Rising limits lose evidence; the bound is where it falls below what is needed.
        var (outside, inside) = (0.0, k / n);
        for (var halving = 0; halving < 60; halving++)
        {
            var middle = (outside + inside) / 2;
            (outside, inside) = Log(k, n, middle) >= -Math.Log(level) ? (middle, inside) : (outside, middle);
        }

        return outside;
    }
}

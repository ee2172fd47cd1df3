using System.Collections.Immutable;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// The measures `ks`, `psi` and `wasserstein` between two samples, valid at any time. For each of a fixed family of scores "the distance is at most d" bounds
/// the candidate's mean score by one that rises with stable's: mean + d (KS, Wasserstein), or the larger share whose index from stable's is d (PSI; merging bins
/// never raises an index of this kind). Each mean has a confidence sequence by betting, as in <see cref="LinearEvidence"/>; where the two
/// leave no room, the limit is ruled out. Levels are split evenly over the family and the two arms.
/// </summary>
public sealed class TwoSampleLinearEvidence
{
    private static readonly ImmutableArray<double> Bets = [0.04, 0.1, 0.25, 0.5, 0.9];

    private readonly bool isIndex;
    private readonly ImmutableArray<ImmutableArray<double>> family;

    /// <param name="measure">Not `overlap`, which has <see cref="TwoSampleEvidence"/>.</param>
    /// <param name="partition">Of numbers that have a spread, for Wasserstein.</param>
    public TwoSampleLinearEvidence(DistanceMeasure measure, FeaturePartition partition)
    {
        isIndex = measure == DistanceMeasure.Psi;
        family = measure switch
        {
            DistanceMeasure.Ks => [.. TouchingPlanes.Ks(partition.Shares).Select(one => one.Scores)],
            DistanceMeasure.Wasserstein => [.. TouchingPlanes.Wasserstein(partition.Shares, BinPositions.Of(partition)!.Value).Select(one => one.Scores)],
            DistanceMeasure.Psi => [.. BinSets.Of(partition).Select(set => Indicator(partition.Count, set.Bins))],
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "overlap has evidence of its own"),
        };
    }

    /// <summary>Reaches the logarithm of 1/α with a chance of at most α, ever, when the distance is at most <paramref name="limit"/>.</summary>
    public double Log(double[] candidate, double[] stable, double limit)
    {
        if (Overlap.Total(candidate) <= 0 || Overlap.Total(stable) <= 0)
        {
            return 0;
        }

        var best = family.Max(scores => Apart(scores, candidate, stable, limit));
        return best - Math.Log(2 * family.Length);
    }

    /// <summary>The best mean of stable's to tell the arms apart by: evidence that stable's is below it falls as it falls, the candidate's as it rises.</summary>
    private double Apart(ImmutableArray<double> scores, double[] candidate, double[] stable, double limit)
    {
        const int Halvings = 16;
        var (least, most) = (scores.Min(), scores.Max());
        var (low, high, best) = (least, most, double.NegativeInfinity);
        for (var halving = 0; halving < Halvings; halving++)
        {
            var mean = (low + high) / 2;
            var above = Above(scores, candidate, isIndex ? Farthest(mean, limit) : mean + limit, least);
            var below = Above([.. scores.Select(score => -score)], stable, -mean, -most);
            best = Math.Max(best, Math.Min(above, below));
            (low, high) = above > below ? (mean, high) : (low, mean);
        }

        return best;
    }

    /// <summary>Evidence that the mean score is above a bound.</summary>
    private static double Above(ImmutableArray<double> scores, double[] counts, double bound, double least)
    {
        var room = bound - least;
        var total = double.NegativeInfinity;
        foreach (var bet in Bets)
        {
            var sum = -Math.Log(Bets.Length);
            for (var bin = 0; bin < counts.Length && room > 0; bin++)
            {
                sum += counts[bin] > 0 ? counts[bin] * Math.Log(1 + (bet * (scores[bin] - bound) / room)) : 0;
            }

            total = Analysis.Statistics.Logarithms.Add(total, sum);
        }

        return total;
    }

    /// <summary>The larger share a of which (a − b)·(logit a − logit b) is the limit.</summary>
    private static double Farthest(double share, double limit)
    {
        var b = Math.Max(OtherDistances.LeastShare, share);
        var (low, high) = (b, 1.0);
        for (var halving = 0; halving < 40; halving++)
        {
            var a = (low + high) / 2;
            (low, high) = (a - b) * (Math.Log(a / b) + Math.Log((1 - b) / (1 - a))) > limit ? (low, a) : (a, high);
        }

        return high;
    }

    private static ImmutableArray<double> Indicator(int count, ImmutableArray<int> bins) => [.. Enumerable.Range(0, count).Select(bin => bins.Contains(bin) ? 1.0 : 0.0)];
}

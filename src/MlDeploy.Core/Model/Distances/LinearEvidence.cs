using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// Evidence for the measures `ks`, `psi` and `wasserstein`. Each is a convex function of the live shares q, so "the distance is at most d" implies, for
/// every one of a fixed family of scores w, that the mean score Σ w·q is at most a bound m = c + d: the touching planes of a convex function lie below it.
/// <list type="bullet">
/// <item>KS: w is 1 up to a bin, or above it; c is the reference's share there.</item>
/// <item>Wasserstein: w rises by at most one standard deviation for each (Kantorovich and Rubinstein 1958); c is the reference's mean score.</item>
/// <item>PSI: w is the gradient of the index at an alternative that was fixed beforehand (shifts, changes of spread, one bin that fills up).</item>
/// </list>
/// Against a mean of bounded scores of at most m, the product of 1 + λ·(w − m)/(m − min w) over the values is an e-process for each λ in [0, 1)
/// (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting"); here mixed over λ and over the family. By Ville's inequality it
/// ever reaches 1/α with probability at most α. The reference is taken as it stands, with its sketch's own error allowed for.
/// </summary>
public sealed class LinearEvidence : ILimitEvidence
{
    private static readonly ImmutableArray<double> Bets = [0.04, 0.1, 0.25, 0.5, 0.9];
    private static readonly double LogStake = -Math.Log(Bets.Length);

    private readonly DistanceMeasure measure;
    private readonly ImmutableArray<Plane> planes;

    /// <param name="measure">Not `overlap`, which has <see cref="DistanceEvidence"/>.</param>
    /// <param name="partition">Of numbers that have a spread, for Wasserstein.</param>
    public LinearEvidence(DistanceMeasure measure, FeaturePartition partition)
    {
        (this.measure, Partition) = (measure, partition);
        ImmutableArray<(ImmutableArray<double> Scores, double Base)> family = [.. measure switch
        {
            DistanceMeasure.Ks => TouchingPlanes.Ks(partition.Shares),
            DistanceMeasure.Psi => TouchingPlanes.Psi(partition.Shares),
            DistanceMeasure.Wasserstein => TouchingPlanes.Wasserstein(partition.Shares, BinPositions.Of(partition)!.Value),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "overlap has evidence of its own"),
        }];
        planes = [.. family.Select(one => new Plane(one.Scores, one.Base + Error(partition, one.Scores), one.Scores.Min()))];
    }

    public FeaturePartition Partition { get; }

    public double Distance(ReadOnlySpan<double> counts) => OtherDistances.Of(measure, Partition, counts) ?? 0;

    public double Chance(double n) => ChanceDistances.Of(measure, Partition, n) ?? 0;

    public double Log(ReadOnlySpan<double> counts, double distance)
    {
        var (n, stake, total) = (Overlap.Total(counts), -Math.Log(planes.Length), double.NegativeInfinity);
        if (n <= 0)
        {
            return 0;
        }

        foreach (var plane in planes)
        {
            var log = Bet(plane, counts, plane.Base + distance);
            if (double.IsPositiveInfinity(log))
            {
                return log;
            }

            total = Logarithms.Add(total, stake + log);
        }

        return total;
    }

    public double Lower(ReadOnlySpan<double> counts, double level)
    {
        var copy = counts.ToArray();
        return LimitEvidence.Lower(limit => Log(copy, limit), level);
    }

    private static double Bet(Plane plane, ReadOnlySpan<double> counts, double bound)
    {
        var room = bound - plane.Least;
        if (room <= 0)
        {
            // Not even the least score would be allowed on average.
            return double.PositiveInfinity;
        }

        var total = double.NegativeInfinity;
        foreach (var bet in Bets)
        {
            var sum = LogStake;
            for (var bin = 0; bin < counts.Length; bin++)
            {
                sum += counts[bin] > 0 ? counts[bin] * Math.Log(1 + (bet * (plane.Scores[bin] - bound) / room)) : 0;
            }

            total = Logarithms.Add(total, sum);
        }

        return total;
    }

    /// <summary>How far the reference's mean score may be from the truth: its cumulative shares err by so much at each bin's end.</summary>
    private static double Error(FeaturePartition partition, ImmutableArray<double> scores)
    {
        var error = 0.0;
        for (var bin = 0; bin < scores.Length - 1; bin++)
        {
            error += Math.Abs(scores[bin] - scores[bin + 1]) * partition.Errors[bin];
        }

        return error;
    }

    private sealed record Plane(ImmutableArray<double> Scores, double Base, double Least);
}

using System.Collections.Immutable;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// The distance that chance alone stays below in 95 of 100 windows of n values drawn from the reference's own distribution; the reference is a sample too.
/// </summary>
public static class ChanceDistances
{
    /// <summary>Standard normal quantile of 0.95.</summary>
    private const double NormalQuantile = 1.645;

    /// <summary>Quantile 0.95 of Kolmogorov's distribution.</summary>
    private const double KolmogorovQuantile = 1.358;

    /// <returns>Null when the measure says nothing about such a feature.</returns>
    public static double? Of(DistanceMeasure measure, FeaturePartition partition, double n) => Of(measure, partition, partition.Shares, n, partition.ReferenceCount);

    /// <param name="partition">Whose bins both samples are counted in.</param>
    /// <param name="shares">Of the sample that is compared with, which has <paramref name="m"/> values.</param>
    public static double? Of(DistanceMeasure measure, FeaturePartition partition, ImmutableArray<double> shares, double n, double m)
    {
        var per = n <= 0 ? double.PositiveInfinity : (1 / n) + (1 / Math.Max(1, m));
        return measure switch
        {
            DistanceMeasure.Overlap => Overlap.Chance(shares, n, m),
            DistanceMeasure.Ks => Math.Min(1, KolmogorovQuantile * Math.Sqrt(per)),
            DistanceMeasure.Psi => Psi(shares, per),
            _ => partition.IsNumeric && BinPositions.Of(partition) is { } positions ? Wasserstein(shares, positions, per) : null,
        };
    }

    /// <summary>The index of two samples of one distribution is near χ² with a degree less than bins have values, times 1/n + 1/m (Yurdakul 2018); its quantile by Wilson and Hilferty (1931).</summary>
    private static double Psi(ImmutableArray<double> shares, double per)
    {
        var degrees = Math.Max(1, shares.Count(share => share > OtherDistances.LeastShare) - 1);
        var spread = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - spread + (NormalQuantile * Math.Sqrt(spread)), 3) * per;
    }

    /// <summary>The area between two cumulative distributions, each gap of which is the size of a normal number: mean and variance are exact, |X| and |Y| of correlation ρ included.</summary>
    private static double Wasserstein(ImmutableArray<double> shares, ImmutableArray<double> positions, double per)
    {
        var below = 0.0;
        var gaps = shares.Take(shares.Length - 1).Select((share, bin) =>
        {
            below = Math.Min(1, below + share);
            return (Below: below, Sigma: (positions[bin + 1] - positions[bin]) * Math.Sqrt(Math.Max(0, below * (1 - below)) * per));
        }).Where(gap => gap.Sigma > 0).ToArray();
        var mean = Math.Sqrt(2 / Math.PI) * gaps.Sum(gap => gap.Sigma);
        var variance = 0.0;
        foreach (var one in gaps)
        {
            foreach (var two in gaps)
            {
                var (low, high) = one.Below <= two.Below ? (one.Below, two.Below) : (two.Below, one.Below);
                var correlation = Math.Min(1, Math.Sqrt(low * (1 - high) / (high * (1 - low))));
                variance += 2 / Math.PI * (Math.Sqrt(1 - (correlation * correlation)) + (correlation * Math.Asin(correlation)) - 1) * one.Sigma * two.Sigma;
            }
        }

        return mean + (NormalQuantile * Math.Sqrt(Math.Max(0, variance)));
    }
}

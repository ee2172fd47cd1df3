using System.Collections.Immutable;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <summary>How two distributions are compared.</summary>
public enum DistanceMeasure
{
    Overlap,
    Ks,
    Psi,
    Wasserstein,
}

/// <summary>Distances that others know, for those who ask for them by name; their time-uniform bounds are in <see cref="LinearEvidence"/>.</summary>
public static class OtherDistances
{
    /// <summary>A bin that one side has not would make the index infinite.</summary>
    internal const double LeastShare = 1e-4;

    private const int Quantiles = 200;

    /// <summary>From counts in bins alone.</summary>
    /// <returns>Null when the measure says nothing about such a feature.</returns>
    public static double? Of(DistanceMeasure measure, FeaturePartition partition, ReadOnlySpan<double> counts) => Of(measure, partition, partition.Shares, counts);

    /// <param name="partition">Whose bins both samples are counted in.</param>
    /// <param name="shares">Of what is compared with.</param>
    public static double? Of(DistanceMeasure measure, FeaturePartition partition, ImmutableArray<double> shares, ReadOnlySpan<double> counts) => measure switch
    {
        DistanceMeasure.Overlap => Overlap.Distance(shares, counts),
        DistanceMeasure.Ks => Ks(shares, counts),
        DistanceMeasure.Psi => Psi(shares, counts),
        _ => partition.IsNumeric && BinPositions.Of(partition) is { } positions ? Wasserstein(shares, positions, counts) : null,
    };

    /// <summary>Largest difference of the cumulative distributions at the ends of the bins (Kolmogorov 1933, Smirnov 1948). 0–1.</summary>
    public static double Ks(ImmutableArray<double> shares, ReadOnlySpan<double> counts)
    {
        var (total, difference, largest) = (Overlap.Total(counts), 0.0, 0.0);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            difference += (counts[bin] / total) - shares[bin];
            largest = Math.Max(largest, Math.Abs(difference));
        }

        return largest;
    }

    /// <summary>Population stability index: Σ (q − p) · ln(q / p). From 0 up; credit scoring calls 0.1 slight and 0.25 large.</summary>
    public static double Psi(ImmutableArray<double> shares, ReadOnlySpan<double> counts)
    {
        var (total, index) = (Overlap.Total(counts), 0.0);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            var (p, q) = (Math.Max(LeastShare, shares[bin]), Math.Max(LeastShare, counts[bin] / total));
            index += (q - p) * Math.Log(q / p);
        }

        return index;
    }

    /// <summary>Wasserstein-1 of binned values: the area between the cumulative distributions, each bin standing at its place.</summary>
    /// <param name="positions">In standard deviations of the reference.</param>
    public static double Wasserstein(ImmutableArray<double> shares, ImmutableArray<double> positions, ReadOnlySpan<double> counts)
    {
        var (total, difference, area) = (Overlap.Total(counts), 0.0, 0.0);
        for (var bin = 0; bin < counts.Length - 1; bin++)
        {
            difference += (counts[bin] / total) - shares[bin];
            area += Math.Abs(difference) * (positions[bin + 1] - positions[bin]);
        }

        return area;
    }

    /// <summary>
    /// Mean distance that values must move from one distribution to the other (Wasserstein-1), from 200 quantiles, in standard deviations of
    /// the reference (its 5–95 % range, which is 3.29 of them for normal numbers). Null when the reference has no spread.
    /// </summary>
    public static double? Wasserstein(NumberSketch reference, NumberSketch live)
    {
        var spread = (reference.Quantile(0.95) - reference.Quantile(0.05)) / 3.29;
        if (!(spread > 0) || live.Count == 0)
        {
            return null;
        }

        var sum = 0.0;
        for (var index = 0; index < Quantiles; index++)
        {
            var q = (index + 0.5) / Quantiles;
            sum += Math.Abs(reference.Quantile(q) - live.Quantile(q)) / spread / Quantiles;
        }

        return double.IsFinite(sum) ? sum : double.MaxValue;
    }
}

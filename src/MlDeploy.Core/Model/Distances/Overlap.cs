using System.Collections.Immutable;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// The distance of two distributions: of the area that either density covers, the part that only one covers. 0 identical, 1 disjoint. It is the
/// Jaccard distance 2·TV / (1 + TV), a metric, with TV the total variation (half the sum of absolute differences of shares).
/// </summary>
public static class Overlap
{
    /// <summary>Standard normal quantile of 0.95.</summary>
    private const double NormalQuantile = 1.645;

    public static double FromVariation(double variation) => 2 * variation / (1 + variation);

    public static double ToVariation(double distance) => distance / (2 - distance);

    /// <param name="shares">Of the reference, adding up to 1.</param>
    /// <param name="counts">Of the live data in the same bins; NaN is answered when there are none.</param>
    public static double Distance(ImmutableArray<double> shares, ReadOnlySpan<double> counts)
    {
        var (total, variation) = (Total(counts), 0.0);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            variation += Math.Abs((counts[bin] / total) - shares[bin]) / 2;
        }

        return FromVariation(Math.Min(1, variation));
    }

    /// <summary>
    /// The distance that chance alone stays below in 95 of 100 windows of <paramref name="n"/> values drawn from the reference's own distribution:
    /// each bin's difference is near normal, with mean √(2/π)·σ and variance (1 − 2/π)·σ².
    /// </summary>
    /// <param name="referenceCount">The reference is a sample too.</param>
    public static double Chance(ImmutableArray<double> shares, double n, double referenceCount)
    {
        if (n <= 0)
        {
            return 1;
        }

        var (mean, variance) = (0.0, 0.0);
        foreach (var share in shares)
        {
            var spread = Math.Max(0, share * (1 - share)) * ((1 / n) + (1 / Math.Max(1, referenceCount)));
            mean += Math.Sqrt(spread * 2 / Math.PI) / 2;
            variance += spread * (1 - (2 / Math.PI)) / 4;
        }

        return FromVariation(Math.Min(1, mean + (NormalQuantile * Math.Sqrt(variance))));
    }

    public static double Total(ReadOnlySpan<double> counts)
    {
        var total = 0.0;
        foreach (var count in counts)
        {
            total += count;
        }

        return total;
    }
}

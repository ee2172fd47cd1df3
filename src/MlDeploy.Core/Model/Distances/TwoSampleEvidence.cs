using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// Evidence, valid at any time, that two samples (the candidate's predictions and stable's) are farther apart than a limit allows. For each set of bins:
/// the beta mixture of both arms' likelihoods over the largest likelihood that two shares at most t apart can have (universal inference:
/// Wasserman, Ramdas and Balakrishnan 2020), an e-process whatever the split of traffic between the arms does; mixed over sets as in <see cref="DistanceEvidence"/>.
/// </summary>
public sealed class TwoSampleEvidence(FeaturePartition partition)
{
    private const double Prior = 0.5;

    private static readonly double LogPriorBeta = LogBeta.Of(Prior, Prior);

    private readonly ImmutableArray<BinSet> sets = BinSets.Of(partition);

    /// <summary>Logarithm of the e-value against "the distance is at most <paramref name="limit"/>".</summary>
    public double Log(ReadOnlySpan<double> candidate, ReadOnlySpan<double> stable, double limit)
    {
        var (n, m, variation, total) = (Overlap.Total(candidate), Overlap.Total(stable), Overlap.ToVariation(limit), double.NegativeInfinity);
        if (n <= 0 || m <= 0)
        {
            return 0;
        }

        foreach (var set in sets)
        {
            var (k, j) = (0.0, 0.0);
            foreach (var bin in set.Bins)
            {
                k += candidate[bin];
                j += stable[bin];
            }

            total = Logarithms.Add(total, Math.Log(set.Stake) + Mixture(k, n) + Mixture(j, m) - Largest(k, n, j, m, variation));
        }

        return total;
    }

    private static double Mixture(double k, double n) => LogBeta.Of(Prior + k, Prior + n - k) - LogPriorBeta;

    /// <summary>The largest log likelihood with the candidate's share at most stable's plus t: free where that holds, else on the border, where it is concave in the share.</summary>
    private static double Largest(double k, double n, double j, double m, double t)
    {
        if (k / n <= (j / m) + t)
        {
            return Likelihood(k, n, k / n) + Likelihood(j, m, j / m);
        }

        var (low, high) = (0.0, 1 - t);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = Slope(k, n, middle + t) + Slope(j, m, middle) > 0 ? (middle, high) : (low, middle);
        }

        return Likelihood(k, n, Math.Min(1, low + t)) + Likelihood(j, m, low);
    }

    private static double Slope(double k, double n, double share) => (k == 0 ? 0 : k / share) - (k == n ? 0 : (n - k) / (1 - share));

    private static double Likelihood(double k, double n, double share) => (k == 0 ? 0 : k * Math.Log(share)) + (k == n ? 0 : (n - k) * Math.Log(1 - share));
}

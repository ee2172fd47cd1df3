using System.Collections.Immutable;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// Where the bins of a numeric feature lie, in standard deviations of the reference (its 5–95 % range, which is 3.29 of them for normal numbers):
/// each at its middle; what lies beyond the reference's ends counts as lying at them, so that one absurd number does not decide.
/// </summary>
internal static class BinPositions
{
    private const double NormalRange = 3.29;

    /// <summary>Null when the reference has no spread.</summary>
    public static ImmutableArray<double>? Of(FeaturePartition partition)
    {
        var uppers = partition.Uppers;
        var spread = uppers.IsEmpty ? 0 : (Quantile(partition, 0.95) - Quantile(partition, 0.05)) / NormalRange;
        return !(spread > 0) || !double.IsFinite(spread) ? null
            : [.. Enumerable.Range(0, partition.Count).Select(bin => (bin == 0 ? uppers[0] : bin == uppers.Length ? uppers[^1] : uppers[bin - 1] + ((uppers[bin] - uppers[bin - 1]) / 2)) / spread)];
    }

    private static double Quantile(FeaturePartition partition, double share)
    {
        var below = 0.0;
        for (var bin = 0; bin < partition.Count; bin++)
        {
            if (below + partition.Shares[bin] >= share)
            {
                var (low, high) = (partition.Uppers[Math.Max(0, bin - 1)], partition.Uppers[Math.Min(bin, partition.Uppers.Length - 1)]);
                return low + ((high - low) * (share - below) / partition.Shares[bin]);
            }

            below += partition.Shares[bin];
        }

        return partition.Uppers[^1];
    }
}

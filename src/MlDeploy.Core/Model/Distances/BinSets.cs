using System.Collections.Immutable;

namespace MlDeploy.Core.Model.Distances;

/// <param name="Bins">Which bins are in it.</param>
/// <param name="Stake">Share of the evidence staked on it, 0–1; all of a partition's add up to 1.</param>
public sealed record BinSet(ImmutableArray<int> Bins, double Stake);

/// <summary>
/// Sets of bins in which live values may have become more frequent. The total variation is the largest such excess over all sets; evidence is
/// staked on those that real faults fill: everything above or below a value (units, shifts), both ends or the middle (spread), one bin (a default value, a new name).
/// </summary>
internal static class BinSets
{
    private const int FewBins = 8;

    public static ImmutableArray<BinSet> Of(FeaturePartition partition)
    {
        var count = partition.Count;
        var groups = partition.IsNumeric ? Numeric(count) : count <= FewBins ? [(1.0, Subsets(count))] : Named(count, partition.Shares);
        var sets = new List<BinSet>();
        foreach (var (stake, members) in groups)
        {
            sets.AddRange(members.Select(bins => new BinSet(bins, stake / members.Count)));
        }

        return [.. sets];
    }

    private static List<(double Stake, List<ImmutableArray<int>> Members)> Numeric(int count) =>
    [
        (0.7, [.. Enumerable.Range(0, count - 1).SelectMany(bin => new[] { Run(0, bin), Run(bin + 1, count - 1) })]),
        (0.15, [.. Enumerable.Range(0, count / 2).Where(bin => bin + 1 < count - bin - 1).SelectMany(bin => new[]
        {
            Run(bin + 1, count - bin - 2) is { Length: > 0 } inner ? inner : Run(0, 0),
            [.. Run(0, bin), .. Run(count - bin - 1, count - 1)],
        })]),
        (0.15, [.. Enumerable.Range(0, count).Select(bin => Run(bin, bin))]),
    ];

    private static List<(double Stake, List<ImmutableArray<int>> Members)> Named(int count, ImmutableArray<double> shares)
    {
        ImmutableArray<int> byShare = [.. Enumerable.Range(0, count).OrderByDescending(bin => shares[bin])];
        return
        [
            (0.5, [.. Enumerable.Range(0, count).Select(bin => Run(bin, bin))]),
            (0.2, [.. Enumerable.Range(0, count).Select(bin => Run(0, count - 1).Remove(bin))]),
            (0.3, [.. Enumerable.Range(1, count - 1).SelectMany(first => new[] { byShare[..first], byShare[first..] })]),
        ];
    }

    private static List<ImmutableArray<int>> Subsets(int count) =>
        [.. Enumerable.Range(1, (1 << count) - 2).Select(mask => Enumerable.Range(0, count).Where(bin => (mask >> bin & 1) == 1).ToImmutableArray())];

    private static ImmutableArray<int> Run(int first, int last) => [.. Enumerable.Range(first, Math.Max(0, last - first + 1))];
}

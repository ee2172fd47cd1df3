using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// Evidence, valid at any time, that live values are farther from a reference than a limit allows.
/// <para>
/// When the total variation is at most t, every set A of bins has live share at most p(A) + t, p the reference's. Against that the likelihood ratio
/// of Bernoulli(b) over Bernoulli(p(A) + t), b above it, is an e-process (monotone in the share), and so is a mixture of such ratios
/// over alternatives b and over sets A fixed beforehand. By Ville's inequality it ever reaches 1/α with probability at most α, however
/// often one looks (Ramdas, Grünwald, Vovk and Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference"). The limits that are
/// ruled out form a time-uniform confidence sequence for the distance (Howard, Ramdas, McAuliffe and Sekhon 2021).
/// Rejected: a Dvoretzky–Kiefer–Wolfowitz band or universal inference over all bins, which both need two to four times the rows.
/// </para>
/// <para>The reference is taken as it stands, with its sketch's own error allowed for: the distance is to the profile's rows.</para>
/// </summary>
public sealed class DistanceEvidence : ILimitEvidence
{
    /// <summary>How far between the limit and 1 the alternatives lie; any choice keeps the guarantee.</summary>
    private static readonly ImmutableArray<double> Alternatives = [0.06, 0.13, 0.25, 0.5, 0.9];

    private static readonly double LogStake = -Math.Log(Alternatives.Length);

    private readonly ImmutableArray<BinSet> sets;

    public DistanceEvidence(FeaturePartition partition)
    {
        Partition = partition;
        sets = BinSets.Of(partition);
    }

    public FeaturePartition Partition { get; }

    public double Distance(ReadOnlySpan<double> counts) => Overlap.Distance(Partition.Shares, counts);

    public double Chance(double n) => Overlap.Chance(Partition.Shares, n, Partition.ReferenceCount);

    /// <summary>Logarithm of the e-value against "the distance is at most <paramref name="limit"/>".</summary>
    /// <param name="counts">Live values in the partition's bins, so far.</param>
    /// <param name="limit">Distance, 0–1.</param>
    public double Log(ReadOnlySpan<double> counts, double limit)
    {
        var (n, variation, total) = (Overlap.Total(counts), Overlap.ToVariation(limit), double.NegativeInfinity);
        foreach (var set in sets)
        {
            var held = Math.Min(1, set.Share + variation + set.Error);
            var k = 0.0;
            foreach (var bin in set.Bins)
            {
                k += counts[bin];
            }

            if (held <= 0 && k > 0)
            {
                return double.PositiveInfinity;
            }

            total = Logarithms.Add(total, Math.Log(set.Stake) + Ratio(k, n, held));
        }

        return total;
    }

    /// <summary>The time-uniform lower bound of the distance: every smaller one is ruled out.</summary>
    /// <param name="level">Chance, 0–1 exclusive, that the bound ever lies above the distance.</param>
    public double Lower(ReadOnlySpan<double> counts, double level)
    {
        const int Coarse = 20;
        var needed = -Math.Log(level);
        var outside = -1.0;
        for (var step = 0; step <= Coarse && Log(counts, (double)step / Coarse) >= needed; step++)
        {
            outside = (double)step / Coarse;
        }

        if (outside < 0)
        {
            return 0;
        }

        var inside = Math.Min(1, outside + (1.0 / Coarse));
        for (var halving = 0; halving < 12; halving++)
        {
            var middle = (outside + inside) / 2;
            (outside, inside) = Log(counts, middle) >= needed ? (middle, inside) : (outside, middle);
        }

        return outside;
    }

    private static double Ratio(double k, double n, double held)
    {
        if (held >= 1)
        {
            return 0;
        }

        var total = double.NegativeInfinity;
        foreach (var part in Alternatives)
        {
            var share = held + ((1 - held) * part);
            var hit = k > 0 ? k * Math.Log(share / held) : 0;
            total = Logarithms.Add(total, LogStake + hit + ((n - k) * Math.Log(1 - part)));
        }

        return total;
    }
}

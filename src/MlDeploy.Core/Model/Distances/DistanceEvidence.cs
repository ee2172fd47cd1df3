using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// Evidence, valid at any time, that live values are farther from a reference than a limit allows.
/// <para>
/// A mixture of bets fixed before the first value (<see cref="Contrast"/>), each an e-process against every distribution within the limit: that values have moved or spread
/// (<see cref="ShapeAlternatives"/>, <see cref="RobustScores"/>), or that a set of bins has filled (<see cref="BinSets"/>), by which whatever is beyond the limit is found
/// in the end. By Ville's inequality the mixture ever reaches 1/α with probability at most α, however
/// often one looks (Ramdas, Grünwald, Vovk and Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference"). The limits that are
/// ruled out form a time-uniform confidence sequence for the distance (Howard, Ramdas, McAuliffe and Sekhon 2021).
/// Rejected: a Dvoretzky–Kiefer–Wolfowitz band or universal inference over all bins, which both need two to four times the rows.
/// </para>
/// <para>The distance is to the population that the reference was drawn from (<see cref="ReferenceDoubt"/>), with its sketch's own error allowed for.</para>
/// </summary>
public sealed class DistanceEvidence : ILimitEvidence
{
    /// <summary>Part of the evidence that is staked on shapes; all of it on sets where bins have no order.</summary>
    private const double OnShapes = 0.65;

    /// <summary>How far between the limit and 1 the share of a set is, and the part of its stake; any choice keeps the guarantee.</summary>
    private static readonly ImmutableArray<(double Beyond, double Part)> Fillings = [(0.06, 0.15), (0.13, 0.3), (0.25, 0.3), (0.5, 0.15), (0.9, 0.1)];

    /// <summary>A share of 0 cannot be bet against.</summary>
    private const double LeastShare = 1e-9;

    private readonly ImmutableArray<Contrast> contrasts;
    private readonly double limit;

    /// <param name="limit">Distance, 0–1, that matters: bets are laid out for it.</param>
    public DistanceEvidence(FeaturePartition partition, double limit)
    {
        (Partition, this.limit) = (partition, Overlap.ToVariation(limit));
        var shapes = partition.IsNumeric ? Shapes(OnShapes).ToArray() : [];
        contrasts = [.. shapes, .. Sets(shapes.Length == 0 ? 1 : 1 - OnShapes)];
    }

    public FeaturePartition Partition { get; }

    public double Distance(ReadOnlySpan<double> counts) => Overlap.Distance(Partition.Shares, counts);

    public double Chance(double n) => Overlap.Chance(Partition.Shares, n, Partition.ReferenceCount);

    /// <summary>Logarithm of the e-value against "the distance is at most <paramref name="distance"/>".</summary>
    /// <param name="counts">Live values in the partition's bins, so far.</param>
    /// <param name="distance">0–1.</param>
    public double Log(ReadOnlySpan<double> counts, double distance)
    {
        var (n, variation, total) = (Overlap.Total(counts), Overlap.ToVariation(distance), double.NegativeInfinity);
        foreach (var contrast in contrasts)
        {
            total = Logarithms.Add(total, contrast.Log(counts, n, variation));
        }

        return total;
    }

    /// <summary>The time-uniform lower bound of the distance: every smaller one is ruled out.</summary>
    /// <param name="level">Chance, 0–1 exclusive, that the bound ever lies above the distance.</param>
    public double Lower(ReadOnlySpan<double> counts, double level)
    {
        var needed = -Math.Log(level);
        if (Log(counts, 0) < needed)
        {
            return 0;
        }

        var (outside, inside) = (0.0, 1.0);
        for (var halving = 0; halving < 16; halving++)
        {
            var middle = (outside + inside) / 2;
            (outside, inside) = Log(counts, middle) >= needed ? (middle, inside) : (outside, middle);
        }

        return outside;
    }

    private IEnumerable<Contrast> Shapes(double stake)
    {
        foreach (var alternative in ShapeAlternatives.Of(Partition, limit))
        {
            if (RobustScores.Of(Partition.Shares, alternative.Shares, limit) is { } scores)
            {
                yield return new Contrast(stake * alternative.Stake, scores, limit, Contrast.DoubtOf(Partition, scores));
            }
        }
    }

    private IEnumerable<Contrast> Sets(double stake)
    {
        foreach (var set in BinSets.Of(Partition))
        {
            var members = new double[Partition.Count];
            foreach (var bin in set.Bins)
            {
                members[bin] = 1;
            }

            var doubt = Contrast.DoubtOf(Partition, members);
            var held = Math.Clamp(doubt.Share + limit, LeastShare, 1);
            foreach (var (beyond, part) in held < 1 - LeastShare ? Fillings : [])
            {
                var (inside, outside) = ((held + ((1 - held) * beyond)) / held, 1 - beyond);
                yield return new Contrast(stake * set.Stake * part, [.. members.Select(member => member > 0 ? inside : outside)], limit, doubt);
            }
        }
    }
}

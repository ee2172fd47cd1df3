using System.Collections.Immutable;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <summary>Where the bins of a reference's numbers end.</summary>
internal static class NumberEdges
{
    /// <summary>
    /// Twenty: fine enough that half a standard deviation's shift loses nothing against the exact distance (one crossing of the densities
    /// lies within one bin), coarse enough that chance alone gives 0.1 at a thousand rows.
    /// </summary>
    public const int Bins = 20;

    /// <summary>A number that at least so large a part of the reference has is a bin of its own, while there are few different ones.</summary>
    private const double LeastAtom = 0.01;

    /// <summary>Of more different numbers only those are bins of their own that would fill one; the others share bins of equal mass.</summary>
    private const int Few = 64;

    /// <summary>
    /// Numbers that differ by less than this part of themselves count as the same: 0.1 comes as 0.10000000149 from a service that computes
    /// in single precision.
    /// </summary>
    private const double Same = 1e-6;

    public static ImmutableArray<double> Of(NumberSketch reference)
    {
        var edges = new SortedSet<double>();
        var exact = reference.Exact;
        var atoms = reference.IsExact
            ? exact.Where(one => one.Count >= (exact.Count <= Few ? LeastAtom : 1.0 / Bins) * reference.Count).Select(one => one.Value)
            : Repeated(Quantiles(reference));
        foreach (var atom in atoms)
        {
            edges.Add(atom - Width(atom));
            edges.Add(atom + Width(atom));
        }

        if (!reference.IsExact || exact.Count > Few)
        {
            foreach (var quantile in Quantiles(reference).Where(quantile => !edges.Any(edge => Math.Abs(edge - quantile) <= 2 * Width(quantile))))
            {
                // Beside a number that is counted, so that the same one from a service of single precision falls on the same side.
                edges.Add(reference.IsExact ? quantile + Width(quantile) : quantile);
            }
        }

        edges.Add(reference.Min - Width(reference.Min));
        edges.Add(reference.Max + Width(reference.Max));
        return [.. edges.Where(double.IsFinite)];
    }

    private static double[] Quantiles(NumberSketch reference) => [.. Enumerable.Range(1, Bins - 1).Select(bin => reference.Quantile((double)bin / Bins))];

    /// <summary>Quantiles that fall on the same number: many rows have it.</summary>
    private static IEnumerable<double> Repeated(double[] quantiles) => quantiles.GroupBy(quantile => quantile).Where(group => group.Count() > 1).Select(group => group.Key);

    private static double Width(double value) => value == 0 ? double.Epsilon : Math.Abs(value) * Same;
}

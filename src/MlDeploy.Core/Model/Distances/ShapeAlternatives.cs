using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Model.Distances;

/// <param name="Stake">Share of the evidence staked on it, 0–1.</param>
/// <param name="Shares">Of live values in each bin.</param>
internal sealed record ShapeAlternative(double Stake, double[] Shares);

/// <summary>
/// What becomes of a feature of numbers when all of its values move up or down, or spread or huddle: as a normal distribution does, on the scale on which the reference is normal
/// (normal scores: van der Waerden 1952). So a lognormal or a count is met as well. Any choice keeps the guarantee.
/// </summary>
internal static class ShapeAlternatives
{
    /// <summary>How far between the limit and 1 the total variation is, and the part of the stake. Most on what is not glaring: the glaring needs few rows anyway.</summary>
    private static readonly (double Beyond, double Part)[] Sizes = [(0.08, 0.35), (0.22, 0.4), (0.5, 0.15), (0.9, 0.1)];

    private const double Moved = 0.8;

    /// <param name="variation">The limit.</param>
    public static IEnumerable<ShapeAlternative> Of(FeaturePartition partition, double variation)
    {
        var ends = Ends(partition);
        foreach (var (beyond, part) in Sizes)
        {
            var size = variation + ((1 - variation) * beyond);
            var shift = 2 * Gauss.Quantile((1 + size) / 2);
            yield return new ShapeAlternative(Moved * part / 2, Shares(ends, end => Gauss.Below(end - shift)));
            yield return new ShapeAlternative(Moved * part / 2, Shares(ends, end => Gauss.Below(end + shift)));
            var spread = Spread(size);
            yield return new ShapeAlternative((1 - Moved) * part / 2, Shares(ends, end => Gauss.Below(end / spread)));
            yield return new ShapeAlternative((1 - Moved) * part / 2, Shares(ends, end => Gauss.Below(end * spread)));
        }
    }

    private static double[] Ends(FeaturePartition partition)
    {
        var (ends, below) = (new double[partition.Count - 1], 0.0);
        for (var bin = 0; bin < ends.Length; bin++)
        {
            below += partition.Shares[bin];
            ends[bin] = below <= 1e-12 ? double.NegativeInfinity : below >= 1 - 1e-12 ? double.PositiveInfinity : Gauss.Quantile(below);
        }

        return ends;
    }

    private static double[] Shares(double[] ends, Func<double, double> below)
    {
        var (shares, before) = (new double[ends.Length + 1], 0.0);
        for (var bin = 0; bin < shares.Length; bin++)
        {
            var upTo = bin < ends.Length ? below(ends[bin]) : 1;
            (shares[bin], before) = (Math.Max(0, upTo - before), upTo);
        }

        return shares;
    }

    /// <summary>The standard deviation, above 1, at which a normal distribution is so far from the standard one: their densities cross at x, and 2 (Φ(x) − Φ(x/σ)) lies between.</summary>
    private static double Spread(double variation)
    {
        var (low, high) = (1e-6, 14.0);
        for (var halving = 0; halving < 50; halving++)
        {
            var middle = (low + high) / 2;
            var sigma = Math.Exp(middle);
            var crossing = sigma * Math.Sqrt(2 * middle / ((sigma * sigma) - 1));
            (low, high) = 2 * (Gauss.Below(crossing) - Gauss.Below(crossing / sigma)) < variation ? (middle, high) : (low, middle);
        }

        return Math.Exp((low + high) / 2);
    }
}

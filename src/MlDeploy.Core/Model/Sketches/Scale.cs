namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// How much a centroid may weigh, by where it begins: the smaller of a unit of k₁ (asin, even in the middle) and a unit of k₂ (logarithm, fine in
/// the tails) of Dunning and Ertl 2019. k₁ alone is coarse at the quantiles 0.001 and 0.999, k₂ alone in the middle.
/// </summary>
internal readonly struct Scale
{
    /// <summary>Nearer to an end than this share centroids get no lighter: it bounds their number whatever the count.</summary>
    private const double FinestShare = 1e-5;

    private readonly double sine;
    private readonly double cosine;
    private readonly double growth;
    private readonly double shrink;
    private readonly double least;

    private Scale(double compression, double middleUnits, double tailUnits)
    {
        (sine, cosine) = Math.SinCos(Math.PI / (middleUnits * compression));
        var step = 4 / (tailUnits * compression);
        (growth, shrink) = (Math.Exp(step) - 1, 1 - Math.Exp(-step));
        least = shrink * FinestShare;

        // Of two neighbours at least one is as heavy as the scale lets it be, or they would have joined. Steps of k₁, and on either side
        // the steps of k₂ down to the finest share and those below it.
        MostCentroids = (int)Math.Ceiling(2 * ((middleUnits * compression) + (2 * (Math.Log(1 / FinestShare) + 1) / step))) + 16;
    }

    /// <summary>
    /// How a digest works: some forty centroids per unit of compression, so that merging again and again costs no accuracy.
    /// (The reference implementation's ArrayDigest keeps eleven, its MergingDigest one and a half, at four to ten times the error.)
    /// </summary>
    public static Scale Working(double compression) => new(compression, 23, 6.5);

    /// <summary>How a digest is stored: about two centroids per unit of compression.</summary>
    public static Scale Stored(double compression) => new(compression, 1.5, 0.5);

    public int MostCentroids { get; }

    /// <param name="before">Weight of all centroids before this one.</param>
    public double Limit(double before, double total)
    {
        var q = before / total;
        var x = (2 * q) - 1;

        // k₁: sin(asin x + step), by the addition theorem; past the end, all that is left.
        var middle = x >= cosine ? 1 - q : ((((x * cosine) + (Math.Sqrt(Math.Max(0, 1 - (x * x))) * sine)) + 1) / 2) - q;
        var tail = Math.Max(least, q < 0.5 ? q * growth : (1 - q) * shrink);
        return total * Math.Min(middle, tail);
    }
}

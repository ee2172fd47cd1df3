namespace MlDeploy.Core.Analysis.Statistics;

/// <param name="Slope">Median of the slopes between all pairs of points.</param>
/// <param name="Low">Lower end of its interval.</param>
public readonly record struct SlopeEstimate(double Slope, double Low);

/// <summary>
/// Slope of a line through points, not moved by a few odd ones: the median of the slopes of all pairs (Theil 1950, "A rank-invariant method of
/// linear and polynomial regression analysis"), with the lower end from the ranks at which Kendall's τ would be significant (Sen 1968,
/// "Estimates of the regression coefficient based on Kendall's tau"). Neighbouring samples of one process depend on each other, so
/// the level of that end is nominal.
/// </summary>
public static class TheilSen
{
    /// <summary>One-sided 99 % of the normal distribution.</summary>
    private const double NormalQuantile = 2.326;

    /// <param name="points">At least two, x rising. The work grows with the square of their number.</param>
    public static SlopeEstimate Estimate(ReadOnlySpan<(double X, double Y)> points)
    {
        var n = points.Length;
        if (n < 2)
        {
            throw new ArgumentException($"a slope needs two points, not {n}", nameof(points));
        }

        var slopes = new double[n * (n - 1) / 2];
        var filled = 0;
        for (var later = 1; later < n; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                slopes[filled++] = (points[later].Y - points[earlier].Y) / (points[later].X - points[earlier].X);
            }
        }

        Array.Sort(slopes);
        var spread = NormalQuantile * Math.Sqrt(n * (n - 1.0) * ((2 * n) + 5) / 18);
        var low = (int)Math.Floor((slopes.Length - spread) / 2);
        return new SlopeEstimate(Median(slopes), low < 0 ? double.NegativeInfinity : slopes[low]);
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

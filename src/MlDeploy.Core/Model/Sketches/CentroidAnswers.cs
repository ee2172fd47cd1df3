namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// What centroids say about quantiles. A centroid's weight is taken to lie half on either side of its mean, evenly up to the
/// neighbour's share; a centroid of weight 1 is a number known exactly (Dunning and Ertl 2019, section 2.9).
/// </summary>
internal static class CentroidAnswers
{
    public static double Quantile(Centroids centroids, double q)
    {
        var means = centroids.Means;
        var weights = centroids.Weights;
        var count = means.Length;
        if (count == 0)
        {
            return double.NaN;
        }

        var rank = q * centroids.Weight;
        if (rank < 1 || count == 1 && weights[0] == 1)
        {
            return centroids.Min;
        }

        if (rank > centroids.Weight - 1)
        {
            return centroids.Max;
        }

        if (rank < weights[0] / 2)
        {
            return Between(centroids.Min, means[0], rank - 1, (weights[0] / 2) - 1, 0);
        }

        var middle = weights[0] / 2;
        for (var index = 0; index + 1 < count; index++)
        {
            var gap = (weights[index] + weights[index + 1]) / 2;
            if (rank < middle + gap)
            {
                return Inside(means, weights, index, rank - middle, gap);
            }

            middle += gap;
        }

        return Between(centroids.Max, means[^1], centroids.Weight - rank - 1, (weights[^1] / 2) - 1, 0);
    }

    public static double Cdf(Centroids centroids, double value)
    {
        var means = centroids.Means;
        var weights = centroids.Weights;
        var count = means.Length;
        if (count == 0 || double.IsNaN(value))
        {
            return double.NaN;
        }

        if (value < centroids.Min)
        {
            return 0;
        }

        if (value >= centroids.Max)
        {
            return 1;
        }

        if (value < means[0])
        {
            // At the smallest number lies one unit, the rest of the first half evenly above it.
            return (1 + (Share(centroids.Min, means[0], value, 0) * ((weights[0] / 2) - 1))) / centroids.Weight;
        }

        var below = 0.0;
        var index = 0;
        while (index + 1 < count && means[index + 1] <= value)
        {
            below += weights[index];
            index++;
        }

        if (index + 1 == count)
        {
            var half = weights[index] / 2;
            return (below + half + (Share(means[index], centroids.Max, value, 0) * (half - 1 > 0 ? half - 1 : 0))) / centroids.Weight;
        }

        var from = IsExact(means, weights, index, index - 1) ? weights[index] : weights[index] / 2;
        var to = IsExact(means, weights, index + 1, index + 2) ? 0 : weights[index + 1] / 2;
        var rest = weights[index] - from;
        return (below + from + (Share(means[index], means[index + 1], value, Beyond(means, index)) * (rest + to))) / centroids.Weight;
    }

    public static double CdfError(Centroids centroids, double value)
    {
        var means = centroids.Means;
        var weights = centroids.Weights;
        var count = means.Length;
        if (count == 0 || value < centroids.Min || value >= centroids.Max)
        {
            return 0;
        }

        var index = means.BinarySearch(value);
        index = index >= 0 ? index : ~index;
        var heaviest = Math.Max(index < count ? weights[index] : 0, index > 0 ? weights[index - 1] : 0);
        return heaviest <= 1 ? 0 : heaviest / 2 / centroids.Weight;
    }

    private static double Inside(ReadOnlySpan<double> means, ReadOnlySpan<double> weights, int index, double offset, double gap)
    {
        var left = IsExact(means, weights, index, index - 1) ? weights[index] / 2 : 0;
        var right = IsExact(means, weights, index + 1, index + 2) ? weights[index + 1] / 2 : 0;
        return offset < left ? means[index]
            : gap - offset <= right ? means[index + 1]
            : Between(means[index], means[index + 1], offset - left, gap - left - right, Beyond(means, index));
    }

    /// <summary>All of a centroid lies at its mean: it is one number, or like its other neighbour a part of one number that many rows have.</summary>
    private static bool IsExact(ReadOnlySpan<double> means, ReadOnlySpan<double> weights, int index, int neighbour) =>
        weights[index] == 1 || (neighbour >= 0 && neighbour < means.Length && means[neighbour] == means[index]);

    /// <summary>The next mean away from 0, past the gap after a centroid.</summary>
    private static double Beyond(ReadOnlySpan<double> means, int index) =>
        means[index] > 0 ? means[Math.Min(index + 2, means.Length - 1)] : means[Math.Max(index - 1, 0)];

    private static double Between(double from, double to, double part, double whole, double beyond)
    {
        var share = whole <= 0 ? 0 : Math.Clamp(part / whole, 0, 1);
        return IsWide(from, to, beyond) ? from * Math.Pow(to / from, share) : (from * (1 - share)) + (to * share);
    }

    private static double Share(double from, double to, double value, double beyond)
    {
        if (IsWide(from, to, beyond))
        {
            return Math.Log(value / from) / Math.Log(to / from);
        }

        var width = to - from;
        return !(width > 0) ? 0 : double.IsFinite(width) ? (value - from) / width : ((value / 2) - (from / 2)) / ((to / 2) - (from / 2));
    }

    /// <summary>
    /// Numbers of one sign that are far apart, and so are the next ones away from 0, lie evenly by their logarithms rather than by themselves.
    /// Close to 0 alone says nothing: there evenly spread numbers are far apart by ratio too.
    /// </summary>
    private static bool IsWide(double from, double to, double beyond) =>
        from > 0 ? to > 4 * from && beyond > 2.5 * to : to < 0 && from < 4 * to && beyond < 2.5 * from;
}

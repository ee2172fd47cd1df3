namespace MlDeploy.Core.Analysis.Gates;

/// <summary>What a test would have seen: the basis of `smallest caught` and of `about how many more`.</summary>
internal static class Search
{
    /// <summary>How far `about how many more` looks ahead: a million times the evidence so far.</summary>
    private const double FurthestScale = 1 << 20;

    /// <summary>The number of events among n units that is exceeded nine in ten times (normal approximation of the binomial).</summary>
    public static double NineInTen(double n, double share) => Math.Max(0, (n * share) - (1.2816 * Math.Sqrt(n * share * (1 - share))));

    /// <summary>The smallest value between the ends that is caught, given that all above it are; null when not even the upper end is.</summary>
    public static double? Smallest(double low, double high, Func<double, bool> isCaught)
    {
        if (!isCaught(high))
        {
            return null;
        }

        for (var halving = 0; halving < 24; halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = isCaught(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <summary>By how much the evidence must grow, in factors of two; null when no growth within reason would do.</summary>
    public static double? ScaleNeeded(Func<double, bool> isEnough)
    {
        for (var scale = 2.0; scale <= FurthestScale; scale *= 2)
        {
            if (isEnough(scale))
            {
                return scale;
            }
        }

        return null;
    }
}

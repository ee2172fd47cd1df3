namespace MlDeploy.Specs.Analysis.Simulation;

/// <summary>Exact draws whose cost grows with the number of events, not of requests.</summary>
internal static class Draws
{
    /// <summary>Counts the successes by the gaps between them, which are geometric.</summary>
    public static long Binomial(this Random random, long n, double p)
    {
        if (p <= 0 || n <= 0)
        {
            return 0;
        }

        if (p > 0.5)
        {
            return n - random.Binomial(n, 1 - p);
        }

        var perGap = 1 / Math.Log(1 - p);
        var successes = 0L;
        for (var at = Gap(); at < n; at += 1 + Gap())
        {
            successes++;
        }

        return successes;

        double Gap() => Math.Floor(Math.Log(1 - random.NextDouble()) * perGap);
    }

    /// <summary>Counts the arrivals within one unit of time by the exponential gaps between them.</summary>
    public static long Poisson(this Random random, double mean)
    {
        var arrivals = -1L;
        for (var at = 0.0; at < mean; at -= Math.Log(1 - random.NextDouble()))
        {
            arrivals++;
        }

        return arrivals;
    }

    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>Draws whose cost grows with the number of events, not of requests.</summary>
internal static class Draws
{
    /// <summary>Beyond this many successes to expect the normal approximation is closer than anything that is read off a simulation.</summary>
    private const double ManySuccesses = 1000;

    /// <summary>Exact up to 1,000 successes to expect: counts them by the gaps between them, which are geometric. Beyond, the normal approximation.</summary>
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

        if (n * p > ManySuccesses)
        {
            return Math.Clamp((long)Math.Round((n * p) + (Math.Sqrt(n * p * (1 - p)) * random.Normal())), 0, n);
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

    /// <summary>How many requests come in: the normal approximation of the Poisson from a mean of 50 on, below it exact by exponential gaps.</summary>
    public static long Poisson(this Random random, double mean)
    {
        if (mean >= 50)
        {
            return Math.Max(0, (long)Math.Round(mean + (Math.Sqrt(mean) * random.Normal())));
        }

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

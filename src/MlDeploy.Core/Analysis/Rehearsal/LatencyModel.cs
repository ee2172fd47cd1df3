namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>Latencies of one arm: lognormal with σ = 0.5, the shape of a service that mostly computes (its p99 is 3.2 times its median).</summary>
/// <param name="Median">Seconds.</param>
internal readonly record struct LatencyModel(double Median)
{
    private const double Sigma = 0.5;

    /// <param name="quantile">0–1.</param>
    /// <param name="seconds">The latency at that quantile.</param>
    public static LatencyModel Through(double quantile, double seconds) => new(seconds / Math.Exp(Sigma * NormalQuantile(quantile)));

    public double Quantile(double quantile) => Median * Math.Exp(Sigma * NormalQuantile(quantile));

    /// <summary>Share of requests that take longer, 0–1.</summary>
    public double SlowerThan(double seconds) => seconds <= 0 ? 1 : UpperTail(Math.Log(seconds / Median) / Sigma);

    /// <summary>Standard deviation of the logarithm of an empirical quantile of n requests (asymptotic: √(q(1−q)/n) over the density there).</summary>
    public static double SpreadOfQuantile(double quantile, double n)
    {
        var z = NormalQuantile(quantile);
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) / Sigma;
        return Math.Sqrt(quantile * (1 - quantile) / n) / density;
    }

    /// <summary>Normal upper tail by the Chebyshev fit of the complementary error function (Press et al., Numerical Recipes, 6.2; relative error below 1.2e-7).</summary>
    private static double UpperTail(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + (x / 2));
        var exponent = (-x * x) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806 + (t * (0.27886807
            + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        var half = t * Math.Exp(exponent) / 2;
        return z >= 0 ? half : 1 - half;
    }

    private static double NormalQuantile(double quantile)
    {
        var (low, high) = (-9.0, 9.0);
        for (var halving = 0; halving < 60; halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = UpperTail(middle) > 1 - quantile ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}

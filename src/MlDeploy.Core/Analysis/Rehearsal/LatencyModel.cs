using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>Latencies of one arm: lognormal with σ = 0.5, the shape of a service that mostly computes (its p99 is 3.2 times its median).</summary>
/// <param name="Median">Seconds.</param>
internal readonly record struct LatencyModel(double Median)
{
    private const double Sigma = 0.5;

    /// <param name="quantile">0–1.</param>
    /// <param name="seconds">The latency at that quantile.</param>
    public static LatencyModel Through(double quantile, double seconds) => new(seconds / Math.Exp(Sigma * Gauss.Quantile(quantile)));

    public double Quantile(double quantile) => Median * Math.Exp(Sigma * Gauss.Quantile(quantile));

    /// <summary>Share of requests that take longer, 0–1.</summary>
    public double SlowerThan(double seconds) => seconds <= 0 ? 1 : Gauss.Above(Math.Log(seconds / Median) / Sigma);

    /// <summary>Standard deviation of the logarithm of an empirical quantile of n requests (asymptotic: √(q(1−q)/n) over the density there).</summary>
    public static double SpreadOfQuantile(double quantile, double n)
    {
        var z = Gauss.Quantile(quantile);
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) / Sigma;
        return Math.Sqrt(quantile * (1 - quantile) / n) / density;
    }
}

using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>What is imagined, in words.</summary>
internal static class RehearsalText
{
    public static ImmutableArray<string> Imagined(ImmutableArray<GateTraffic> gates, ImaginedTraffic traffic)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        if (gates.Any(gate => gate.Gate.Metric == "http.errors"))
        {
            lines.Add(Shares("http.errors", traffic.Errors));
        }

        if (traffic.Slow is { } slow && gates.Any(gate => gate.Gate.Metric == "http.slow"))
        {
            lines.Add(Shares("http.slow", slow));
        }

        if (gates.Any(gate => gate is LatencyTraffic || (gate.Gate.Metric == "http.slow" && traffic.Slow is null)))
        {
            lines.Add($"latency, lognormal: p50 {Latency(traffic, 0.5)}, p99 {Latency(traffic, 0.99)}");
        }

        return lines.ToImmutable();
    }

    private static string Shares(string metric, Shares shares) => $"{metric}: {Pair(MetricUnit.Share, shares.Stable, shares.Candidate)}";

    private static string Latency(ImaginedTraffic traffic, double quantile) => Pair(MetricUnit.Duration, traffic.Stable.Quantile(quantile), traffic.Candidate.Quantile(quantile));

    private static string Pair(MetricUnit unit, double stable, double candidate) =>
        Math.Abs(stable - candidate) < 1e-12 ? $"{MetricText.Value(unit, stable)} at both" : $"{MetricText.Value(unit, stable)} at stable, {MetricText.Value(unit, candidate)} at the candidate";
}

using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Model.Distances;

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

        lines.AddRange(traffic.Model.Shares.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: {MetricText.Value(MetricUnit.Share, one.Value.Stable)} usually, {MetricText.Value(MetricUnit.Share, one.Value.Candidate)} now{InOne(one.Key, traffic)}"));
        lines.AddRange(traffic.Model.Moved.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{one.Key}: moved by {one.Value:0.##} standard deviations, a distance of {Distance(one.Value):0.00}{InOne(one.Key, traffic)}")));
        return lines.ToImmutable();
    }

    private static string InOne(string metric, ImaginedTraffic traffic) =>
        metric.StartsWith("model.inputs.", StringComparison.Ordinal) ? $", in one of {traffic.Model.Features} features" : "";

    /// <summary>Of two normal distributions.</summary>
    private static double Distance(double moved) => Overlap.FromVariation((2 * Gauss.Below(Math.Abs(moved) / 2)) - 1);

    private static string Shares(string metric, Shares shares) => $"{metric}: {Pair(MetricUnit.Share, shares.Stable, shares.Candidate)}";

    private static string Latency(ImaginedTraffic traffic, double quantile) => Pair(MetricUnit.Duration, traffic.Stable.Quantile(quantile), traffic.Candidate.Quantile(quantile));

    private static string Pair(MetricUnit unit, double stable, double candidate) =>
        Math.Abs(stable - candidate) < 1e-12 ? $"{MetricText.Value(unit, stable)} at both" : $"{MetricText.Value(unit, stable)} at stable, {MetricText.Value(unit, candidate)} at the candidate";
}

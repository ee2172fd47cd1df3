using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>
/// Above what the standing alarms are raised. They follow the gates' absolute limits: what a candidate may not do, the application
/// may not do between deployments either.
/// </summary>
/// <param name="ErrorPercent">Percent of requests.</param>
/// <param name="LatencySeconds">0 when no gate limits a latency absolutely: any number would be made up.</param>
/// <param name="LatencyStatistic">`p99`.</param>
/// <param name="UnhealthyMinutes">Longer than a start may take, since tasks that start are unhealthy.</param>
internal sealed record AlarmLimits(double ErrorPercent, double LatencySeconds, string LatencyStatistic, int UnhealthyMinutes)
{
    /// <summary>The default gate's limit, for manifests whose gates name none.</summary>
    private const double DefaultErrorPercent = 5;

    private const string Latency = "latency.";

    public static AlarmLimits Of(AppManifest manifest)
    {
        var gates = manifest.Rollout.Gates;
        var errors = gates.Where(gate => string.Equals(gate.Metric, "http.errors", StringComparison.Ordinal)).Min(gate => gate.Max);

        // The highest quantile with a limit: alarms are about the worst, and there is one.
        var latency = gates.Where(gate => gate.Metric.StartsWith(Latency, StringComparison.Ordinal) && gate.Max is not null)
            .MaxBy(gate => gate.Metric, StringComparer.Ordinal);
        return new AlarmLimits(
            Math.Round((errors ?? DefaultErrorPercent / 100) * 100, 6),
            latency?.Max ?? 0,
            latency?.Metric[Latency.Length..] ?? "p99",
            Math.Max(3, (int)Math.Ceiling(manifest.Application.Health.StartWithin.TotalMinutes) + 2));
    }
}

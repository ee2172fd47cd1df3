using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>Where one arm's measures are.</summary>
/// <param name="Letter">c or s: what the ids of its queries begin with.</param>
/// <param name="TargetGroup">As CloudWatch names it.</param>
/// <param name="Family">Its task-definition family.</param>
/// <param name="Version">Its label; null when it has none.</param>
public sealed record MeasuredArm(string Letter, string TargetGroup, string Family, string? Version = null);

/// <summary>What CloudWatch is asked for one arm's minutes.</summary>
internal static class MinuteQueries
{
    public const int Period = 60;

    public static IEnumerable<MetricDataQuery> Of(MeasuredArm arm, DeploymentPlace place, ImmutableArray<Gate> gates, Func<Gate, TimeSpan?> threshold)
    {
        MetricDataQuery Balanced(string id, string metric, string statistic) =>
            Query($"{arm.Letter}_{id}", "AWS/ApplicationELB", metric, statistic, ("LoadBalancer", place.LoadBalancer), ("TargetGroup", arm.TargetGroup));
        MetricDataQuery Insight(string id, string metric) =>
            Query($"{arm.Letter}_{id}", "ECS/ContainerInsights", metric, "Average", ("ClusterName", place.Cluster), ("TaskDefinitionFamily", arm.Family));

        yield return Balanced("requests", "RequestCount", "Sum");
        yield return Balanced("c2", "HTTPCode_Target_2XX_Count", "Sum");
        yield return Balanced("c3", "HTTPCode_Target_3XX_Count", "Sum");
        yield return Balanced("c4", "HTTPCode_Target_4XX_Count", "Sum");
        yield return Balanced("c5", "HTTPCode_Target_5XX_Count", "Sum");
        yield return Balanced("samples", "TargetResponseTime", "SampleCount");
        yield return Balanced("slowest", "TargetResponseTime", "Maximum");
        for (var at = 0; at < gates.Length; at++)
        {
            var gate = gates[at];
            if (SlowLimit(gate) is { } limit)
            {
                yield return Balanced(Id("slow", at), "TargetResponseTime", SlowerThan(limit));
            }

            if (Quantile(gate) is { } quantile)
            {
                yield return Balanced(Id("quantile", at), "TargetResponseTime", string.Create(CultureInfo.InvariantCulture, $"p{quantile * 100:0.##}"));
                if (threshold(gate) is { } ratio)
                {
                    yield return Balanced(Id("ratio", at), "TargetResponseTime", SlowerThan(ratio));
                }
            }
        }

        for (var at = 0; at < gates.Length; at++)
        {
            if (gates[at].Metric == "cloudwatch" && CustomMetric.Dimensions(gates[at], arm, place) is { } dimensions)
            {
                yield return CustomMetric.Query($"{arm.Letter}_{Id("custom", at)}", gates[at], dimensions);
            }
        }

        if (gates.Any(gate => gate.Metric == "health"))
        {
            yield return Balanced("healthy", "HealthyHostCount", "Minimum");
            yield return Balanced("unhealthy", "UnHealthyHostCount", "Maximum");
        }

        if (gates.Any(NeedsInsights))
        {
            yield return Insight("cpu", "CpuUtilized");
            yield return Insight("cpulimit", "CpuReserved");
            yield return Insight("memory", "MemoryUtilized");
            yield return Insight("memorylimit", "MemoryReserved");
        }
    }

    public static string Id(string name, int gate) => string.Create(CultureInfo.InvariantCulture, $"{name}{gate}");

    public static bool NeedsInsights(Gate gate) => gate.Metric is "cpu" or "memory" or "cpu.perRequest" or "memory.growth";

    public static double? Quantile(Gate gate) => MetricCatalog.Find(gate.Metric)?.Quantile;

    /// <summary>What an absolute limit on slowness counts against.</summary>
    public static TimeSpan? SlowLimit(Gate gate) =>
        gate.Metric == "http.slow" ? gate.SlowerThan : Quantile(gate) is not null && gate.Max is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Trimmed count: how many samples lie above (CloudWatch, "Statistics definitions").</summary>
    private static string SlowerThan(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"TC({limit.TotalSeconds:0.######}:)");

    private static MetricDataQuery Query(string id, string space, string metric, string statistic, params (string Name, string Value)[] dimensions) => new()
    {
        Id = id,
        MetricStat = new MetricStat
        {
            Metric = new Metric { Namespace = space, MetricName = metric, Dimensions = [.. dimensions.Select(dimension => new Dimension { Name = dimension.Name, Value = dimension.Value })] },
            Period = Period,
            Stat = statistic,
        },
        ReturnData = true,
    };
}

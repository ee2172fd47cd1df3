using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Stacks.Watching;

/// <summary>One metric over a span of whole minutes.</summary>
/// <param name="Name">`http.requests`, `latency.p99`, …</param>
/// <param name="Arm">blue, green or service.</param>
/// <param name="Unit">requests/min, share, s, tasks.</param>
/// <param name="Value">Null: CloudWatch has no data for the span, which is not zero.</param>
public sealed record AwsMetric(string Name, string Arm, string Unit, double? Value);

/// <summary>
/// Figures of the last minutes from CloudWatch. The load balancer's come per target group in periods of 60 s that settle a minute or two
/// later; CPU and memory are of the service as a whole.
/// </summary>
public sealed class MetricsReader(AwsSession session, TimeProvider clock)
{
    /// <summary>Younger periods may still grow.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(2);

    private static readonly string[] Quantiles = ["p50", "p95", "p99"];

    /// <param name="span">Whole minutes.</param>
    public async Task<ImmutableArray<AwsMetric>> ReadAsync(StandingApplication application, TimeSpan span, CancellationToken stop)
    {
        if (application[StackOutputs.LoadBalancerFullName] is not { } balancer)
        {
            return [];
        }

        var now = clock.GetUtcNow() - Settled;
        var end = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var data = await DataAsync([.. Queries(application, balancer, (int)span.TotalSeconds)], end - span, end, stop);
        return [.. Figures(data, span)];
    }

    private static IEnumerable<MetricDataQuery> Queries(StandingApplication application, string balancer, int seconds)
    {
        foreach (var (arm, group) in new[] { ("blue", application[StackOutputs.BlueTargetGroupFullName]), ("green", application[StackOutputs.GreenTargetGroupFullName]) })
        {
            if (group is null)
            {
                continue;
            }

            (string, string)[] dimensions = [("LoadBalancer", balancer), ("TargetGroup", group)];
            foreach (var (id, metric) in new[] { ("requests", "RequestCount"), ("c2xx", "HTTPCode_Target_2XX_Count"), ("c3xx", "HTTPCode_Target_3XX_Count"), ("c4xx", "HTTPCode_Target_4XX_Count") })
            {
                yield return Query($"{arm}_{id}", "AWS/ApplicationELB", metric, "Sum", seconds, dimensions);
            }

            foreach (var quantile in Quantiles)
            {
                yield return Query($"{arm}_{quantile}", "AWS/ApplicationELB", "TargetResponseTime", quantile, seconds, dimensions);
            }

            yield return Query($"{arm}_healthy", "AWS/ApplicationELB", "HealthyHostCount", "Minimum", seconds, dimensions);
        }

        if (application[StackOutputs.Cluster] is { } cluster && application[StackOutputs.Service] is { } service)
        {
            yield return Query("service_cpu", "AWS/ECS", "CPUUtilization", "Average", seconds, ("ClusterName", cluster), ("ServiceName", service));
            yield return Query("service_memory", "AWS/ECS", "MemoryUtilization", "Average", seconds, ("ClusterName", cluster), ("ServiceName", service));
        }
    }

    private static IEnumerable<AwsMetric> Figures(Dictionary<string, double> data, TimeSpan span)
    {
        foreach (var arm in new[] { "blue", "green" })
        {
            var requests = Value(data, $"{arm}_requests");
            yield return new AwsMetric("http.requests", arm, "requests/min", requests / span.TotalMinutes);

            // Answers that the balancer makes itself, 502 and 504, are in none of the counts per group: they are what is missing from the sum.
            double? bad = requests - (Value(data, $"{arm}_c2xx") ?? 0) - (Value(data, $"{arm}_c3xx") ?? 0) - (Value(data, $"{arm}_c4xx") ?? 0);
            yield return new AwsMetric("http.errors", arm, "share", requests > 0 ? Math.Clamp(bad!.Value / requests.Value, 0, 1) : null);
            foreach (var quantile in Quantiles)
            {
                yield return new AwsMetric($"latency.{quantile}", arm, "s", Value(data, $"{arm}_{quantile}"));
            }

            yield return new AwsMetric("tasks.healthy", arm, "tasks", Value(data, $"{arm}_healthy"));
        }

        yield return new AwsMetric("cpu", "service", "share", Value(data, "service_cpu") / 100);
        yield return new AwsMetric("memory", "service", "share", Value(data, "service_memory") / 100);
    }

    private static double? Value(Dictionary<string, double> data, string id) => data.TryGetValue(id, out var value) ? value : null;

    private async Task<Dictionary<string, double>> DataAsync(ImmutableArray<MetricDataQuery> queries, DateTimeOffset start, DateTimeOffset end, CancellationToken stop)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        var request = new GetMetricDataRequest { MetricDataQueries = queries, StartTime = start, EndTime = end, ScanBy = "TimestampDescending" };
        await foreach (var result in session.CloudWatch.MetricDataAsync(request, stop))
        {
            if (result.Id is { } id && !result.Values.IsEmpty)
            {
                values.TryAdd(id, result.Values[0]);
            }
        }

        return values;
    }

    private static MetricDataQuery Query(string id, string space, string metric, string statistic, int seconds, params (string Name, string Value)[] dimensions) => new()
    {
        Id = id.ToLower(CultureInfo.InvariantCulture),
        MetricStat = new MetricStat
        {
            Metric = new Metric { Namespace = space, MetricName = metric, Dimensions = [.. dimensions.Select(dimension => new Dimension { Name = dimension.Name, Value = dimension.Value })] },
            Period = seconds,
            Stat = statistic,
        },
        ReturnData = true,
    };
}

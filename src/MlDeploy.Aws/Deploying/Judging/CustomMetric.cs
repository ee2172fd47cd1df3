using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>A metric that somebody publishes to CloudWatch, as a gate names it.</summary>
internal static class CustomMetric
{
    /// <summary>Before traffic moves, a metric that no version is told apart by must have had a value.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromMinutes(15);

    /// <returns>Null when the arm lacks something that a dimension names: stable of an application that was never deployed has no version.</returns>
    public static ImmutableArray<Dimension>? Dimensions(Gate gate, MeasuredArm arm, DeploymentPlace place)
    {
        string? Known(string placeholder) => placeholder switch
        {
            DimensionPlaceholders.TargetGroup => arm.TargetGroup,
            DimensionPlaceholders.Family => arm.Family,
            DimensionPlaceholders.Version => arm.Version,
            DimensionPlaceholders.LoadBalancer => place.LoadBalancer,
            DimensionPlaceholders.Cluster => place.Cluster,
            DimensionPlaceholders.Service => place.Service,
            _ => null,
        };
        var filled = gate.Dimensions.Select(dimension => (dimension.Key, Value: DimensionPlaceholders.Fill(dimension.Value, Known))).ToArray();
        return filled.Any(dimension => dimension.Value is null) ? null : [.. filled.Select(dimension => new Dimension { Name = dimension.Key, Value = dimension.Value! })];
    }

    public static MetricDataQuery Query(string id, Gate gate, ImmutableArray<Dimension> dimensions) => new()
    {
        Id = id,
        MetricStat = new MetricStat
        {
            Metric = new Metric { Namespace = gate.Namespace!, MetricName = gate.MetricName!, Dimensions = dimensions },
            Period = MinuteQueries.Period,
            Stat = gate.Statistic ?? "Average",
        },
        ReturnData = true,
    };

    public static string Missing(Gate gate, string arm, DateTimeOffset minute) => string.Create(
        CultureInfo.InvariantCulture, $"CloudWatch has no {gate.Statistic ?? "Average"} of {gate.Namespace}/{gate.MetricName} for {arm} at {minute.UtcDateTime:HH:mm} UTC");

    /// <summary>
    /// The gates that could not be judged. Where a dimension tells versions apart nothing can be known yet: the candidate has had no
    /// traffic, and stable may not publish what the candidate is the first to.
    /// </summary>
    public static async Task<IReadOnlyList<MissingMeasurement>> CheckAsync(CloudWatchClient cloudWatch, DeploymentPlace place, ImmutableArray<Gate> gates, TimeProvider clock, CancellationToken stop)
    {
        var asked = gates.Where(gate => gate.Metric == "cloudwatch" && !DimensionPlaceholders.TellArmsApart(gate)).ToArray();
        if (asked.Length == 0)
        {
            return [];
        }

        var nobody = new MeasuredArm("", "", "");
        var now = clock.GetUtcNow();
        var request = new GetMetricDataRequest
        {
            MetricDataQueries = [.. asked.Select((gate, at) => Query(MinuteQueries.Id("custom", at), gate, Dimensions(gate, nobody, place)!.Value))],
            StartTime = now - Back,
            EndTime = now,
            ScanBy = "TimestampDescending",
        };
        var found = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var result in cloudWatch.MetricDataAsync(request, stop))
            {
                if (!result.Values.IsEmpty)
                {
                    found.Add(result.Id!);
                }
            }
        }
        catch (AwsServiceException failure)
        {
            return [.. asked.Select(gate => new MissingMeasurement(gate.Id, Failed: true, $"GetMetricData: {Words.FirstLine(failure.Message)}"))];
        }

        return
        [
            .. asked.Where((_, at) => !found.Contains(MinuteQueries.Id("custom", at)))
                .Select(gate => new MissingMeasurement(gate.Id, Failed: false, $"CloudWatch has no value of {gate.Namespace}/{gate.MetricName} with these dimensions in the last {Words.Of(Back)}")),
        ];
    }
}

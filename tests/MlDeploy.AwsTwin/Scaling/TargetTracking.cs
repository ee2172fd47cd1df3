using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Alarms;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Scaling;

/// <summary>
/// The alarms of a target tracking policy: three minutes above the target scale out, fifteen minutes below nine tenths of it
/// scale in.
/// </summary>
internal static class TargetTracking
{
    private const int HighPeriods = 3;
    private const int LowPeriods = 15;
    private const double LowShare = 0.9;

    public static ScalingPolicy Equip(ScalingPolicy policy, string region, AlarmBook alarms)
    {
        var configuration = policy.Configuration;
        var target = configuration.Number("TargetValue") ?? throw new AwsError("ValidationException", "TargetValue is required.");
        var stem = $"TargetTracking-{policy.Resource.ResourceId}-Alarm";
        var high = $"{stem}High-{Guid.NewGuid()}";
        var low = configuration.Flag("DisableScaleIn") == true ? null : $"{stem}Low-{Guid.NewGuid()}";
        alarms.Put(Alarm.Read(Input(high, "GreaterThanThreshold", target, HighPeriods), region));
        if (low is not null)
            alarms.Put(Alarm.Read(Input(low, "LessThanThreshold", target * LowShare, LowPeriods), region));
        return policy with
        {
            HighAlarm = high,
            LowAlarm = low,
            TargetValue = target,
            // Of ECS services; other namespaces differ.
            OutCooldown = TimeSpan.FromSeconds(configuration.Whole("ScaleOutCooldown") ?? 300),
            InCooldown = TimeSpan.FromSeconds(configuration.Whole("ScaleInCooldown") ?? 300),
        };

        JsonObject Input(string name, string comparison, double threshold, int periods)
        {
            var input = Metric(policy.Resource, configuration);
            input["AlarmName"] = name;
            input["AlarmDescription"] = $"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.Arn}.";
            input["AlarmActions"] = new JsonArray(policy.Arn);
            input["ComparisonOperator"] = comparison;
            input["Threshold"] = threshold;
            input["EvaluationPeriods"] = periods;
            input["Period"] = 60;
            return input;
        }
    }

    /// <summary>A metric of a scaling policy has no period of its own: scaling looks by the minute.</summary>
    private static JsonNode? ByTheMinute(JsonNode? query)
    {
        var copy = query?.DeepClone();
        if (copy?["MetricStat"] is JsonObject stat)
        {
            stat["Period"] ??= 60;
        }

        return copy;
    }

    private static JsonObject Metric(ScalableResource resource, JsonObject configuration)
    {
        if (configuration["CustomizedMetricSpecification"] is JsonObject custom)
        {
            return custom["Metrics"] is JsonArray metrics
                ? new JsonObject { ["Metrics"] = new JsonArray([.. metrics.Select(ByTheMinute)]) }
                : Of(custom.Required("Namespace"), custom.Required("MetricName"), custom.Required("Statistic"), [.. custom.Objects("Dimensions").Select(each => (each.Required("Name"), each.Required("Value")))]);
        }

        var predefined = configuration.Object("PredefinedMetricSpecification");
        var parts = resource.ResourceId.Split('/');
        (string, string)[] service = [("ClusterName", parts.ElementAtOrDefault(1) ?? ""), ("ServiceName", parts.ElementAtOrDefault(2) ?? "")];
        switch (predefined.Text("PredefinedMetricType"))
        {
            case "ECSServiceAverageCPUUtilization":
                return Of("AWS/ECS", "CPUUtilization", "Average", service);
            case "ECSServiceAverageMemoryUtilization":
                return Of("AWS/ECS", "MemoryUtilization", "Average", service);
            case "ALBRequestCountPerTarget":
                // app/NAME/ID/targetgroup/NAME/ID
                var label = predefined.Text("ResourceLabel") ?? "";
                var cut = label.IndexOf("/targetgroup/", StringComparison.Ordinal);
                if (cut < 0)
                    throw new AwsError("ValidationException", $"ResourceLabel must be app/NAME/ID/targetgroup/NAME/ID, not '{label}'.");
                return Of("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", [("LoadBalancer", label[..cut]), ("TargetGroup", label[(cut + 1)..])]);
            case var other:
                throw new AwsError("ValidationException", $"Invalid predefined metric type: {other}");
        }
    }

    private static JsonObject Of(string space, string name, string statistic, (string Name, string Value)[] dimensions) => new()
    {
        ["Namespace"] = space,
        ["MetricName"] = name,
        ["Statistic"] = statistic,
        ["Dimensions"] = new JsonArray([.. dimensions.Select(each => new JsonObject { ["Name"] = each.Name, ["Value"] = each.Value })]),
    };
}

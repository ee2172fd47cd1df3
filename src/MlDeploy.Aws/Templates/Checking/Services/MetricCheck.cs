using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>Alarms and scaling policies: statistics that exist, periods that CloudWatch keeps, expressions that name their metrics.</summary>
internal static partial class MetricCheck
{
    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, properties) in template.OfType("AWS::CloudWatch::Alarm"))
        {
            Statistic(template, id, "Properties/Statistic", properties["Statistic"]);
            Statistic(template, id, "Properties/ExtendedStatistic", properties["ExtendedStatistic"], extendedOnly: true);
            Period(template, id, "Properties/Period", properties["Period"]);
            Metrics(template, id, "Properties/Metrics", properties["Metrics"] as JsonArray);
            Datapoints(template, id, properties);
        }

        const string Policy = "TargetTrackingScalingPolicyConfiguration";
        foreach (var (id, properties) in template.OfType("AWS::ApplicationAutoScaling::ScalingPolicy"))
        {
            var custom = properties[Policy].At("CustomizedMetricSpecification");
            Statistic(template, id, $"Properties/{Policy}/CustomizedMetricSpecification/Statistic", custom.At("Statistic"));
            Metrics(template, id, $"Properties/{Policy}/CustomizedMetricSpecification/Metrics", custom.At("Metrics") as JsonArray);
        }

        Capacity(template);
    }

    private static void Metrics(CheckedTemplate template, string id, string path, JsonArray? metrics)
    {
        var ids = metrics?.Select(metric => Intrinsics.Text(metric.At("Id"))).OfType<string>().ToHashSet(StringComparer.Ordinal) ?? [];
        for (var at = 0; at < metrics?.Count; at++)
        {
            var metric = metrics[at];
            Statistic(template, id, $"{path}/{at}/MetricStat/Stat", metric.At("MetricStat").At("Stat"));
            Period(template, id, $"{path}/{at}/MetricStat/Period", metric.At("MetricStat").At("Period"));
            foreach (var name in Intrinsics.Text(metric.At("Expression")) is { } expression ? Names(expression) : [])
            {
                if (!ids.Contains(name))
                {
                    template.Report(id, $"{path}/{at}/Expression", $"names the metric {name}, which is not among these", metric!["Expression"], string.Join(", ", ids), StructureCheck.Nearest(name, ids, "Name one of these, or add it."));
                }
            }
        }

        if (metrics is { Count: > 0 } && metrics.All(metric => metric is JsonObject) && metrics.Count(metric => Literals.Text(metric!["ReturnData"]) is null or "true") != 1)
        {
            template.Report(id, path, "does not return exactly one of its metrics", null, "one metric without ReturnData: false", "Set ReturnData: false on the others.");
        }
    }

    /// <summary>Metrics are named in lower case, functions in upper case; what stands in quotes is a search.</summary>
    internal static IEnumerable<string> Names(string expression) =>
        Identifier().Matches(Quoted().Replace(expression, "")).Select(match => match.Value).Distinct(StringComparer.Ordinal);

    private static void Statistic(CheckedTemplate template, string id, string path, JsonNode? value, bool extendedOnly = false)
    {
        if (Literals.Text(value) is { } text && !(extendedOnly ? Statistics.IsExtended(text) : Statistics.IsStatistic(text)))
        {
            template.Report(id, path, "is no statistic of CloudWatch", value, Statistics.Allowed, StructureCheck.Nearest(text, ["Average", "Minimum", "Maximum", "SampleCount"], "Write one of these."));
        }
    }

    private static void Period(CheckedTemplate template, string id, string path, JsonNode? value)
    {
        if (int.TryParse(Literals.Text(value), NumberStyles.None, CultureInfo.InvariantCulture, out var period) && !(period is 10 or 20 or 30 || (period > 0 && period % 60 == 0)))
        {
            template.Report(id, path, "is no period that CloudWatch has", value, "10, 20, 30, or a multiple of 60 seconds", "Write one of these.");
        }
    }

    private static void Datapoints(CheckedTemplate template, string id, JsonObject properties)
    {
        if (Whole(properties["DatapointsToAlarm"]) > Whole(properties["EvaluationPeriods"]))
        {
            template.Report(id, "Properties/DatapointsToAlarm", "is more than EvaluationPeriods, so that the alarm could never be raised", properties["DatapointsToAlarm"], "at most EvaluationPeriods", "Lower it.");
        }
    }

    private static void Capacity(CheckedTemplate template)
    {
        foreach (var (id, properties) in template.OfType("AWS::ApplicationAutoScaling::ScalableTarget"))
        {
            if (Whole(properties["MinCapacity"]) > Whole(properties["MaxCapacity"]))
            {
                template.Report(id, "Properties/MinCapacity", "is more than MaxCapacity", properties["MinCapacity"], "at most MaxCapacity", "Lower it, or raise MaxCapacity.");
            }
        }
    }

    private static long? Whole(JsonNode? node) => long.TryParse(Literals.Text(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\b[a-z][A-Za-z0-9_]*\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Identifier();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}

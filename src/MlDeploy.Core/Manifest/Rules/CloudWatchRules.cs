using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Core.Manifest.Rules;

/// <summary>Gates on metrics that somebody publishes to CloudWatch.</summary>
internal static class CloudWatchRules
{
    /// <summary>Of one metric (CloudWatch API Reference, "MetricDatum").</summary>
    private const int MostDimensions = 30;

    private static readonly string Allowed = string.Join(", ", DimensionPlaceholders.All.Select(name => $"{{{name}}}"));

    public static void PlaceholdersAreKnown(RuleContext context) => ForEach(context, (gate, path) =>
    {
        foreach (var (dimension, value) in gate.Dimensions)
        {
            foreach (var unknown in DimensionPlaceholders.In(value).Where(name => !DimensionPlaceholders.All.Contains(name, StringComparer.Ordinal)))
            {
                context.Report(
                    $"{path}.dimensions.{dimension}", $"has a placeholder {{{unknown}}}, which stands for nothing", Allowed,
                    NearestName.Of(unknown, DimensionPlaceholders.All) is { } nearest ? $"Write {{{nearest}}}." : "Write one of these, or no braces.");
            }
        }

        if (gate.Dimensions.Count > MostDimensions)
        {
            context.Report($"{path}.dimensions", $"has {gate.Dimensions.Count} entries, and a metric has fewer", $"at most {MostDimensions}", "Remove some.");
        }
    });

    public static void ComparedArmsDiffer(RuleContext context) => ForEach(context, (gate, path) =>
    {
        if (gate.MaxRatio is not null && !DimensionPlaceholders.TellArmsApart(gate))
        {
            context.Report(
                $"{path}.maxRatio", "compares with stable, but the dimensions are the same for both versions", "a dimension with {version}, {targetGroup} or {family}",
                "Publish the metric with a dimension that tells the version, and name it; or use max or min.", $"{path}.dimensions");
        }
    });

    private static void ForEach(RuleContext context, Action<Gate, string> check)
    {
        var gates = context.Manifest.Rollout.GatesAreDefaults ? [] : context.Manifest.Rollout.Gates;
        for (var at = 0; at < gates.Length; at++)
        {
            if (gates[at].Metric is "cloudwatch")
            {
                check(gates[at], $"rollout.gates[{at}]");
            }
        }
    }
}

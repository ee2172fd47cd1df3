using System.Collections.Immutable;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Manifest.Rules;

internal static class GateRules
{
    private static readonly (LimitKinds Kind, string Name, Func<Gate, bool> IsSet)[] Limits =
    [
        (LimitKinds.Max, "max", gate => gate.Max is not null),
        (LimitKinds.Min, "min", gate => gate.Min is not null),
        (LimitKinds.MaxIncrease, "maxIncrease", gate => gate.MaxIncrease is not null),
        (LimitKinds.MaxRatio, "maxRatio", gate => gate.MaxRatio is not null),
    ];

    /// <summary>Settings that only some metrics have, and which of them cannot do without.</summary>
    private static readonly (string Setting, Func<MetricDefinition, bool> Has, bool Needed, string Example)[] Specific =
    [
        ("slowerThan", metric => metric.Name is "http.slow", true, "500ms"),
        ("url", metric => metric.Name is "prometheus" or "http", true, "http://127.0.0.1:9090"),
        ("query", metric => metric.Name is "prometheus", true, "\"…\""),
        ("jsonPath", metric => metric.Name is "http", true, "$.value"),
        ("command", metric => metric.Name is "command", true, "[./check.sh]"),
        ("namespace", IsCloudWatch, true, "Shop"),
        ("metricName", IsCloudWatch, true, "Conversions"),
        ("dimensions", IsCloudWatch, false, ""),
        ("statistic", IsCloudWatch, false, ""),
        ("name", metric => IsExternal(metric) || IsCloudWatch(metric), true, "conversions"),
        ("timeout", IsExternal, false, ""),
        ("every", IsExternal, false, ""),
        ("except", metric => metric.Name.StartsWith("model.inputs.", StringComparison.Ordinal), false, ""),
        ("slices", metric => metric.Judging == JudgingKind.Model && metric.Name is not "model.age", false, ""),
        ("measure", metric => metric.Name is "model.inputs.drift" or "model.prediction.drift" or "model.prediction.profile", false, ""),
    ];

    /// <summary>Comparing gates say nothing where stable has no traffic: without an absolute one a bake would judge nothing.</summary>
    public static void BakeHasAnAbsoluteGate(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        if (rollout.Bake > TimeSpan.Zero && !rollout.Gates.Any(gate => Budget.HasAbsolute(gate) || gate.Metric is "command"))
        {
            context.Report("rollout.gates", "only compare with stable, which has no traffic during the bake", "at least one gate with max or min", "Add max to one of the gates, or remove the bake.", "rollout.bake");
        }
    }

    public static void IdsAreUnique(RuleContext context)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var gates = Written(context);
        for (var at = 0; at < gates.Length; at++)
        {
            if (!first.TryAdd(gates[at].Id, at))
            {
                context.Report($"rollout.gates[{at}]", $"is a second gate {gates[at].Id}, like rollout.gates[{first[gates[at].Id]}]", "each metric once for each name", "Merge the two, or give this one a name of its own.");
            }
        }
    }

    public static void LimitsFitTheMetric(RuleContext context)
    {
        ForEach(context, (gate, metric, path) =>
        {
            foreach (var (kind, name, isSet) in Limits)
            {
                if (isSet(gate) && !metric.Limits.HasFlag(kind))
                {
                    context.Report($"{path}.{name}", $"is no limit that {metric.Name} has", NamesOf(metric.Limits), $"Use {NamesOf(metric.Limits)}.", $"{path}.metric");
                }
            }

            if (!Limits.Any(limit => limit.IsSet(gate)) && metric.Name is not "command")
            {
                context.Report(path, $"sets no limit on {metric.Name}, so it could never fail", NamesOf(metric.Limits), $"Add {NamesOf(metric.Limits)}.");
            }
        });
    }

    public static void SettingsFitTheMetric(RuleContext context)
    {
        ForEach(context, (_, metric, path) =>
        {
            foreach (var (setting, has, needed, example) in Specific)
            {
                var isWritten = context.IsWritten($"{path}.{setting}");
                if (needed && has(metric) && !isWritten)
                {
                    context.Report($"{path}.{setting}", $"is missing, and {metric.Name} needs it", null, $"Add {setting}: {example}.", $"{path}.metric");
                }
                else if (isWritten && !has(metric) && setting is not "name")
                {
                    context.Report($"{path}.{setting}", $"is not a setting of {metric.Name}", null, $"Remove {setting}.", $"{path}.metric");
                }
            }
        });
    }

    public static void BoundsAreOrdered(RuleContext context)
    {
        ForEach(context, (gate, _, path) =>
        {
            if (gate.Min > gate.Max)
            {
                context.Report($"{path}.min", "is above max, so the gate could never pass", $"at most {Text.Number(gate.Max.Value)}", "Swap the two.", $"{path}.max");
            }
        });
    }

    public static void ModelGatesHaveWhatTheyRead(RuleContext context)
    {
        ForEach(context, (_, metric, path) =>
        {
            var needed = metric.Name switch
            {
                "model.age" => "trainedAt",
                "model.prediction.profile" => "profile",
                _ when metric.Name.StartsWith("model.inputs.", StringComparison.Ordinal) => "profile",
                _ when metric.Name.StartsWith("model.prediction.", StringComparison.Ordinal) => "prediction",
                _ => null,
            };
            if (needed is not null && !context.IsWritten($"model.{needed}"))
            {
                context.Report($"{path}.metric", $"reads model.{needed}, which is not set", null, $"Add model.{needed}, or remove the gate.", "model");
            }
        });
    }

    private static bool IsCloudWatch(MetricDefinition metric) => metric.Name is "cloudwatch";

    private static bool IsExternal(MetricDefinition metric) => metric.Name is "prometheus" or "http" or "command";

    /// <summary>The gates that stand in the document; the defaults are right by themselves.</summary>
    private static ImmutableArray<Gate> Written(RuleContext context) => context.Manifest.Rollout.GatesAreDefaults ? [] : context.Manifest.Rollout.Gates;

    private static void ForEach(RuleContext context, Action<Gate, MetricDefinition, string> check)
    {
        var gates = Written(context);
        for (var at = 0; at < gates.Length; at++)
        {
            if (MetricCatalog.Find(gates[at].Metric) is { } metric)
            {
                check(gates[at], metric, $"rollout.gates[{at}]");
            }
        }
    }

    private static string NamesOf(LimitKinds limits) => string.Join(" or ", Limits.Where(limit => limits.HasFlag(limit.Kind)).Select(limit => limit.Name));
}

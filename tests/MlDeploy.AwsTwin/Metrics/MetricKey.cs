using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>What names a metric: a namespace, a name, and exactly these dimensions.</summary>
/// <param name="Dimensions">`Name=Value` in the order of names, one a line; unequal sets are unequal metrics.</param>
internal readonly record struct MetricKey(string Namespace, string Name, string Dimensions)
{
    public static MetricKey Of(string space, string name, params IEnumerable<(string Name, string Value)> dimensions) =>
        new(space, name, string.Join('\n', dimensions.Select(each => $"{each.Name}={each.Value}").Order(StringComparer.Ordinal)));

    /// <summary>From an API structure with Namespace, MetricName and Dimensions.</summary>
    public static MetricKey Read(JsonObject metric, string? space = null) =>
        Of(space ?? metric.Required("Namespace"), metric.Required("MetricName"), metric.Objects("Dimensions").Select(each => (each.Required("Name"), each.Required("Value"))));

    public ImmutableArray<(string Name, string Value)> Pairs =>
        Dimensions.Length == 0 ? [] : [.. Dimensions.Split('\n').Select(line => line.Split('=', 2)).Select(pair => (pair[0], pair[1]))];

    public JsonObject ToJson() => new()
    {
        [nameof(Namespace)] = Namespace,
        ["MetricName"] = Name,
        [nameof(Dimensions)] = new JsonArray([.. Pairs.Select(pair => new JsonObject { [nameof(Name)] = pair.Name, ["Value"] = pair.Value })]),
    };
}

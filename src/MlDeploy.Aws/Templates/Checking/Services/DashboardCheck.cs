using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>A dashboard's body is text to CloudFormation, so nothing in it is checked before it is refused (CloudWatch, "Dashboard body structure and syntax").</summary>
internal static partial class DashboardCheck
{
    private const int GridWidth = 24;
    private const int GridHeight = 1000;
    private const int MostWidgets = 500;

    private static readonly string[] Types = ["metric", "text", "log", "alarm", "explorer", "custom"];
    private static readonly string[] Views = ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"];

    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, properties) in template.OfType("AWS::CloudWatch::Dashboard"))
        {
            if (Text(properties["DashboardBody"]) is { } body)
            {
                Body(template, id, body);
            }
        }
    }

    /// <summary>The body with its variables filled by something: what they come to is text within JSON.</summary>
    private static string? Text(JsonNode? node) =>
        Intrinsics.Is(node, out var function, out var argument)
            ? string.Equals(function, Intrinsics.Sub, StringComparison.Ordinal) && (Intrinsics.Text(argument) ?? Intrinsics.Text((argument as JsonArray)?.FirstOrDefault())) is { } text ? Variable().Replace(text, "x") : null
            : Intrinsics.Text(node);

    private static void Body(CheckedTemplate template, string id, string body)
    {
        const string Path = "Properties/DashboardBody";
        JsonNode? parsed;
        try
        {
            parsed = JsonNode.Parse(body);
        }
        catch (JsonException invalid)
        {
            template.Report(id, Path, $"is no JSON: {invalid.Message}", null, null, "Correct the JSON.");
            return;
        }

        if (parsed is not JsonObject dashboard || dashboard["widgets"] is not JsonArray widgets)
        {
            template.Report(id, Path, "has no list of widgets", null, "an object with widgets", "Write {\"widgets\": [ … ]}.");
            return;
        }

        if (widgets.Count > MostWidgets)
        {
            template.Report(id, Path, $"has {widgets.Count} widgets", null, $"at most {MostWidgets}", "Remove some.");
        }

        for (var at = 0; at < widgets.Count; at++)
        {
            Widget(new Place(template, id, $"{Path}/widgets/{at}"), widgets[at] as JsonObject ?? []);
        }
    }

    private static void Widget(Place place, JsonObject widget)
    {
        var type = Intrinsics.Text(widget["type"]) ?? "";
        if (!Types.Contains(type, StringComparer.Ordinal))
        {
            place.Report("type", "is no type of widget", widget["type"], string.Join(", ", Types), StructureCheck.Nearest(type, Types, "Write one of these."));
        }

        var (x, width, height) = (Whole(widget["x"]) ?? 0, Whole(widget["width"]) ?? 6, Whole(widget["height"]) ?? 6);
        if (x < 0 || width < 1 || x + width > GridWidth || height is < 1 or > GridHeight)
        {
            place.Report("", "does not fit the grid", null, $"x + width up to {GridWidth}, height 1 to {GridHeight}", "Make it smaller.");
        }

        if (widget["properties"] is not JsonObject properties)
        {
            place.Report("properties", "is missing", null, "an object", "Add properties.");
        }
        else if (type is "metric")
        {
            MetricWidget(place, properties);
        }
        else if (type is "text" && Intrinsics.Text(properties["markdown"]) is null)
        {
            place.Report("properties/markdown", "is missing", null, "text", "Add markdown.");
        }
    }

    private static void MetricWidget(Place place, JsonObject properties)
    {
        if (Intrinsics.Text(properties["view"]) is { } view && !Views.Contains(view, StringComparer.Ordinal))
        {
            place.Report("properties/view", "is no view", view, string.Join(", ", Views), StructureCheck.Nearest(view, Views, "Write one of these."));
        }

        if (Intrinsics.Text(properties["region"]) is null && properties["annotations"] is null)
        {
            place.Report("properties/region", "is missing", null, "a region", "Add region.");
        }

        Statistic(place, "properties/stat", properties["stat"]);
        if (properties["metrics"] is not JsonArray metrics)
        {
            if (properties["annotations"] is null)
            {
                place.Report("properties/metrics", "is missing", null, "a list of lists", "Add metrics.");
            }

            return;
        }

        var ids = metrics.Select(metric => Intrinsics.Text(Options(metric).At("id"))).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var at = 0; at < metrics.Count; at++)
        {
            Metric(place, $"properties/metrics/{at}", metrics[at], ids);
        }
    }

    private static void Metric(Place place, string path, JsonNode? metric, HashSet<string> ids)
    {
        if (metric is not JsonArray { Count: > 0 } parts)
        {
            place.Report(path, "is not a list", metric, "[namespace, name, dimension, value, …, {options}]", "Write it as a list.");
            return;
        }

        var options = Options(metric);
        Statistic(place, path, options.At("stat"));
        var names = parts.Count - (options is null ? 0 : 1);
        if (Intrinsics.Text(options.At("expression")) is { } expression)
        {
            foreach (var name in MetricCheck.Names(expression).Where(name => !ids.Contains(name)))
            {
                place.Report(path, $"names the metric {name}, which is not in this widget", expression, string.Join(", ", ids), StructureCheck.Nearest(name, ids, "Give the metric that id."));
            }
        }
        else if (names < 2 || names % 2 != 0)
        {
            place.Report(path, "is not a namespace, a name, and pairs of dimension and value", metric, "[namespace, name, dimension, value, …, {options}]", "Add what is missing.");
        }
    }

    private static JsonObject? Options(JsonNode? metric) => metric is JsonArray { Count: > 0 } parts ? parts[^1] as JsonObject : null;

    private static void Statistic(Place place, string path, JsonNode? value)
    {
        if (value is not null && (Intrinsics.Text(value) is not { } text || !Statistics.IsStatistic(text)))
        {
            place.Report(path, "has no statistic of CloudWatch", value, Statistics.Allowed, "Write one of these.");
        }
    }

    private static long? Whole(JsonNode? node) => long.TryParse(Literals.Text(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\$\{[^}]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    private sealed record Place(CheckedTemplate Template, string Id, string Path)
    {
        public void Report(string below, string message, JsonNode? found, string? allowed, string remedy) =>
            Template.Report(Id, below.Length == 0 ? Path : $"{Path}/{below}", message, found, allowed, remedy);
    }
}

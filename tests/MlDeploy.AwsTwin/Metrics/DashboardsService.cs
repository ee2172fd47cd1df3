using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>CloudWatch's dashboards, whose bodies are checked as PutDashboard does.</summary>
internal sealed class DashboardsService(TimeProvider time) : ITwinService
{
    private readonly ConcurrentDictionary<string, (string Region, string Body, DateTimeOffset At)> dashboards = new();

    public string SigningName => "monitoring";

    public bool Owns(string action) => action is "PutDashboard" or "GetDashboard" or "ListDashboards" or "DeleteDashboards";

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel) => Task.FromResult(TwinReply.Of(request.Action switch
    {
        "PutDashboard" => Put(request),
        "GetDashboard" => Get(request.Input.Required("DashboardName")),
        "DeleteDashboards" => Delete(request.Input),
        _ => List(request.Input),
    }));

    public (string Section, JsonNode Content)? Describe() => ("dashboards", new JsonArray([.. dashboards.Keys.Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]));

    private JsonObject Put(TwinRequest request)
    {
        var name = request.Input.Required("DashboardName");
        var body = request.Input.Required("DashboardBody");
        var problems = DashboardBody.Problems(body).ToList();
        if (problems.Count > 0)
            throw new AwsError("InvalidParameterInput", $"The dashboard body is invalid, there are {problems.Count} validation errors: {string.Join("; ", problems)}");
        dashboards[name] = (request.Region, body, time.GetUtcNow());
        return new JsonObject { ["DashboardValidationMessages"] = new JsonArray() };
    }

    private JsonObject Get(string name) => dashboards.TryGetValue(name, out var found)
        ? new JsonObject { ["DashboardArn"] = Arn(name), ["DashboardBody"] = found.Body, ["DashboardName"] = name }
        : throw Missing(name);

    private JsonObject Delete(JsonObject input)
    {
        var names = input.Texts("DashboardNames").ToList();
        if (names.FirstOrDefault(name => !dashboards.ContainsKey(name)) is { } missing)
            throw Missing(missing);
        names.ForEach(name => dashboards.TryRemove(name, out _));
        return [];
    }

    private JsonObject List(JsonObject input) => new()
    {
        ["DashboardEntries"] = new JsonArray([.. dashboards.Where(each => each.Key.StartsWith(input.Text("DashboardNamePrefix") ?? "", StringComparison.Ordinal)).OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => new JsonObject
        {
            ["DashboardName"] = each.Key,
            ["DashboardArn"] = Arn(each.Key),
            ["LastModified"] = each.Value.At,
            ["Size"] = each.Value.Body.Length,
        })]),
    };

    private static string Arn(string name) => $"arn:aws:cloudwatch::{TwinAccount.Id}:dashboard/{name}";

    private static AwsError Missing(string name) => new("ResourceNotFound", $"Dashboard {name} does not exist", 404);
}

/// <summary>"Dashboard body structure and syntax": what is wrong with one, by its path.</summary>
internal static class DashboardBody
{
    /// <summary>The grid's width.</summary>
    private const int Columns = 24;

    public static IEnumerable<string> Problems(string body)
    {
        JsonNode? root;
        string? invalid = null;
        try
        {
            root = JsonNode.Parse(body);
        }
        catch (JsonException error)
        {
            (root, invalid) = (null, $"/: The dashboard body is not valid JSON: {error.Message}");
        }

        if (invalid is not null)
            return [invalid];
        return root is JsonObject dashboard && dashboard["widgets"] is JsonArray widgets
            ? widgets.Index().SelectMany(widget => widget.Item is JsonObject item ? Widget(item, $"/widgets/{widget.Index}") : [$"/widgets/{widget.Index}: Should be an object"])
            : ["/: Should have required property 'widgets'"];
    }

    private static IEnumerable<string> Widget(JsonObject widget, string path)
    {
        foreach (var (name, least, most) in new[] { ("x", 0, Columns - 1), ("y", 0, int.MaxValue), ("width", 1, Columns), ("height", 1, 1000) })
        {
            if (widget[name] is not null && (widget.Whole(name) is not { } value || value < least || value > most))
                yield return $"{path}/{name}: Should be an integer between {least} and {most}";
        }

        if (widget.Whole("x") + widget.Whole("width") > Columns)
            yield return $"{path}: x and width exceed {Columns} columns";
        var type = widget.Text("type");
        if (type is not ("metric" or "text" or "log" or "alarm" or "explorer" or "custom"))
        {
            yield return $"{path}/type: Should be one of metric, text, log, alarm, explorer, custom";
            yield break;
        }

        if (widget["properties"] is not JsonObject properties)
        {
            yield return $"{path}: Should have required property 'properties'";
            yield break;
        }

        foreach (var problem in type switch
        {
            "text" => properties.Text("markdown") is null ? ["Should have required property 'markdown'"] : [],
            "log" => properties.Text("query") is null ? ["Should have required property 'query'"] : [],
            "alarm" => properties["alarms"] is JsonArray ? [] : ["Should have required property 'alarms'"],
            "metric" => Metric(properties),
            _ => Enumerable.Empty<string>(),
        })
        {
            yield return $"{path}/properties: {problem}";
        }
    }

    private static IEnumerable<string> Metric(JsonObject properties)
    {
        if (properties["annotations"] is JsonObject annotations && annotations["alarms"] is JsonArray)
            yield break;
        if (properties["metrics"] is not JsonArray { Count: > 0 } metrics)
        {
            yield return "Should have required property 'metrics'";
            yield break;
        }

        if (properties.Text("region") is null)
            yield return "Should have required property 'region'";
        if (properties.Text("view") is { } view and not ("timeSeries" or "singleValue" or "gauge" or "bar" or "pie" or "table"))
            yield return $"view: '{view}' is not one of timeSeries, singleValue, gauge, bar, pie, table";
        if (properties.Text("stat") is { } all && !Statistic.Exists(all))
            yield return $"stat: there is no statistic '{all}'";
        if (properties["period"] is not null && properties.Whole("period") is not { } period)
            yield return "period: Should be an integer";
        foreach (var (index, metric) in metrics.Index())
        {
            if (metric is not JsonArray { Count: > 0 } parts)
            {
                yield return $"metrics/{index}: Should be an array";
                continue;
            }

            var options = parts[^1] as JsonObject;
            var names = parts.Count - (options is null ? 0 : 1);
            if (options?["expression"] is null && (names < 2 || names % 2 != 0))
                yield return $"metrics/{index}: Should be a namespace, a metric name, and pairs of dimension name and value";
            if (options?.Text("stat") is { } stat && !Statistic.Exists(stat))
                yield return $"metrics/{index}/stat: there is no statistic '{stat}'";
        }
    }
}

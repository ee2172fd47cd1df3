using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>CloudWatch's metrics: PutMetricData, GetMetricData, GetMetricStatistics, ListMetrics; and the faults of `/_twin/metrics`.</summary>
internal sealed class MetricsService(MetricStore store, TimeProvider time) : ITwinService, ITwinRoute
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    public string SigningName => "monitoring";

    public bool Owns(string action) => action is "PutMetricData" or "GetMetricData" or "GetMetricStatistics" or "ListMetrics";

    public bool Owns(PathString path) => path == "/_twin/metrics";

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel) => Task.FromResult(TwinReply.Of(request.Action switch
    {
        "PutMetricData" => Put(request.Input),
        "GetMetricData" => Get(request.Input),
        "GetMetricStatistics" => Statistics(request.Input),
        _ => List(request.Input),
    }));

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (HttpMethods.IsPut(context.Request.Method))
                store.Faults = await JsonSerializer.DeserializeAsync<MetricFaults>(context.Request.Body, Json) ?? new MetricFaults();
            await context.Response.WriteAsJsonAsync(store.Faults, Json);
        }
        catch (JsonException problem)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync($"metrics: {problem.Message}; known: lateSeconds, lost\n");
        }
    }

    public (string Section, JsonNode Content)? Describe() =>
        ("metrics", new JsonArray([.. store.Keys().Select(key => $"{key.Namespace}:{key.Name}").Distinct().Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]));

    private JsonObject Put(JsonObject input)
    {
        var space = input.Required("Namespace");
        if (space.StartsWith("AWS/", StringComparison.Ordinal))
            throw new AwsError("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.");
        foreach (var datum in input.Objects("MetricData"))
        {
            var key = MetricKey.Read(datum, space);
            var at = datum.Time("Timestamp") ?? time.GetUtcNow();
            var resolution = datum.Whole("StorageResolution") == 1 ? 1 : 60;
            store.Record(key, at, recorded => Add(recorded, datum), resolution);
        }

        return [];
    }

    private static void Add(Datum recorded, JsonObject datum)
    {
        if (datum["StatisticValues"] is JsonObject set)
        {
            recorded.AddSet(Number(set, "SampleCount"), Number(set, "Sum"), Number(set, "Minimum"), Number(set, "Maximum"));
            return;
        }

        if (datum["Values"] is JsonArray)
        {
            var counts = datum.Texts("Counts").Select(count => double.Parse(count, CultureInfo.InvariantCulture)).ToList();
            foreach (var (index, value) in datum.Texts("Values").Index())
                recorded.Add(double.Parse(value, CultureInfo.InvariantCulture), counts.Count == 0 ? 1 : counts[index]);
            return;
        }

        recorded.Add(Number(datum, "Value"));
    }

    private static double Number(JsonObject input, string name) =>
        input.Number(name) ?? throw new AwsError("MissingParameter", $"The parameter MetricData.member.1.{name} is required.");

    private JsonObject Get(JsonObject input)
    {
        var queries = MetricQuery.Read(input.Objects("MetricDataQueries"));
        var (start, end) = Span(input);
        var evaluation = new QueryEvaluation(store, queries, start, end);
        var results = new JsonArray();
        foreach (var query in queries.Where(query => query.ReturnData))
        {
            IEnumerable<KeyValuePair<long, double>> points;
            try
            {
                points = evaluation.Series(query);
            }
            catch (ExpressionException error)
            {
                throw new AwsError("ValidationError", $"Error in expression '{query.Id}': {error.Message}");
            }

            if (input.Text("ScanBy") != "TimestampAscending")
                points = points.Reverse();
            var shown = points.Take(input.Whole("MaxDatapoints") ?? 100_800).ToList();
            results.Add(new JsonObject
            {
                ["Id"] = query.Id,
                ["Label"] = query.Label ?? query.Metric?.Name ?? query.Id,
                ["Timestamps"] = new JsonArray([.. shown.Select(point => JsonValue.Create(DateTimeOffset.FromUnixTimeSeconds(point.Key)))]),
                ["Values"] = new JsonArray([.. shown.Select(point => JsonValue.Create(point.Value))]),
                ["StatusCode"] = "Complete",
            });
        }

        return new JsonObject { ["MetricDataResults"] = results, ["Messages"] = new JsonArray() };
    }

    private JsonObject Statistics(JsonObject input)
    {
        var (start, end) = Span(input);
        var asked = input.Texts("Statistics").ToList();
        var extended = input.Texts("ExtendedStatistics").ToList();
        if (asked.Count + extended.Count == 0)
            throw new AwsError("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics");
        var points = new JsonArray();
        foreach (var (at, datum) in store.Data(MetricKey.Read(input), start, end, input.Whole("Period") ?? 60))
        {
            var point = new JsonObject { ["Timestamp"] = DateTimeOffset.FromUnixTimeSeconds(at), ["Unit"] = input.Text("Unit") ?? "None" };
            foreach (var statistic in asked)
                point[statistic] = Statistic.Of(datum, statistic);
            if (extended.Count > 0)
                point["ExtendedStatistics"] = new JsonObject(extended.Select(each => KeyValuePair.Create(each, (JsonNode?)Statistic.Of(datum, each))));
            points.Add(point);
        }

        return new JsonObject { ["Label"] = input.Required("MetricName"), ["Datapoints"] = points };
    }

    private JsonObject List(JsonObject input)
    {
        var filters = input.Objects("Dimensions").Select(each => (Name: each.Required("Name"), Value: each.Text("Value"))).ToList();
        var found = store.Keys().Where(key =>
            (input.Text("Namespace") ?? key.Namespace) == key.Namespace
            && (input.Text("MetricName") ?? key.Name) == key.Name
            && filters.All(filter => key.Pairs.Any(pair => pair.Name == filter.Name && (filter.Value ?? pair.Value) == pair.Value)));
        return new JsonObject { ["Metrics"] = new JsonArray([.. found.Select(key => key.ToJson())]) };
    }

    private (DateTimeOffset Start, DateTimeOffset End) Span(JsonObject input)
    {
        var start = input.Time("StartTime") ?? throw new AwsError("MissingParameter", "The parameter StartTime is required.");
        var end = input.Time("EndTime") ?? time.GetUtcNow();
        return start < end ? (start, end) : throw new AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.");
    }
}

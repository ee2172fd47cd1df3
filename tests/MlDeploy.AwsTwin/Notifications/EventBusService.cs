using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Notifications;

/// <summary>
/// Delivers events: moto keeps the rules, this matches them and publishes to the SNS topics among their targets.
/// The twin's own services tell theirs by PutEvents with a `Source` of `aws.…`, which clients may not use.
/// </summary>
internal sealed partial class EventBusService(TwinContext twin) : ITwinService
{
    private readonly ConcurrentQueue<JsonObject> delivered = new();

    public string SigningName => "events";

    public bool Owns(string action) => action == "PutEvents";

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        var results = new JsonArray();
        foreach (var entry in request.Input.Objects("Entries"))
        {
            if (request.Caller == "client" && entry.Text("Source")?.StartsWith("aws.", StringComparison.Ordinal) == true)
            {
                results.Add(new JsonObject { ["ErrorCode"] = "NotAuthorizedForSourceException", ["ErrorMessage"] = "Not authorized for the source." });
                continue;
            }

            var @event = Event(entry, request.Region);
            await DeliverAsync(@event, entry.Text("EventBusName") ?? "default", request.Region, cancel);
            results.Add(new JsonObject { ["EventId"] = @event.Text("id") });
        }

        return TwinReply.Of(new JsonObject { ["FailedEntryCount"] = results.Count(one => one!["ErrorCode"] is not null), ["Entries"] = results });
    }

    public (string Section, JsonNode Content)? Describe() => ("events", new JsonArray([.. delivered.Select(one => one.DeepClone())]));

    private JsonObject Event(JsonObject entry, string region) => new()
    {
        ["version"] = "0",
        ["id"] = Guid.NewGuid().ToString(),
        ["detail-type"] = entry.Text("DetailType"),
        ["source"] = entry.Text("Source"),
        ["account"] = TwinAccount.Id,
        ["time"] = twin.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["region"] = region,
        ["resources"] = entry["Resources"]?.DeepClone() ?? new JsonArray(),
        ["detail"] = JsonNode.Parse(entry.Text("Detail") ?? "{}"),
    };

    private async Task DeliverAsync(JsonObject @event, string bus, string region, CancellationToken cancel)
    {
        using var call = twin.Caller("events", region);
        var rules = await call.JsonAsync("events", "ListRules", new JsonObject { ["EventBusName"] = bus }, cancel);
        foreach (var rule in rules.Objects("Rules").Where(rule => rule.Text("State") != "DISABLED" && rule.Text("EventPattern") is { } pattern && EventPatterns.Matches((JsonObject)JsonNode.Parse(pattern)!, @event)))
        {
            var targets = await call.JsonAsync("events", "ListTargetsByRule", new JsonObject { ["Rule"] = rule.Text("Name"), ["EventBusName"] = bus }, cancel);
            foreach (var target in targets.Objects("Targets"))
            {
                delivered.Enqueue(new JsonObject { ["rule"] = rule.Text("Name"), ["target"] = target.Text("Arn"), ["event"] = @event.DeepClone() });
                if (target.Text("Arn")?.Contains(":sns:", StringComparison.Ordinal) == true)
                {
                    await call.QueryAsync("sns", "Publish", new JsonObject { ["TopicArn"] = target.Text("Arn"), ["Message"] = Message(target, @event) }, cancel);
                }
            }
        }
    }

    /// <summary>The event itself, or what the target makes of it.</summary>
    private static string Message(JsonObject target, JsonObject @event)
    {
        if (target.Text("Input") is { } constant)
        {
            return constant;
        }

        if (target["InputTransformer"] is not JsonObject transformer)
        {
            return (target.Text("InputPath") is { } path ? At(@event, path) : @event)?.ToJsonString() ?? "";
        }

        var paths = transformer.Object("InputPathsMap");
        var text = Placeholder().Replace(transformer.Text("InputTemplate") ?? "", match => At(@event, paths.Text(match.Groups[1].Value) ?? "") switch
        {
            JsonValue value => InputReading.Plain(value),
            null => "",
            var other => other.ToJsonString(),
        });
        // A template that is one quoted text is sent as that text.
        return text is ['"', .., '"'] && Quoted(text) is { } plain ? plain : text;
    }

    private static string? Quoted(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var part in path.TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part.Split('[')[0];
            node = (node as JsonObject)?[name];
            if (part.Contains('[', StringComparison.Ordinal) && int.TryParse(part.Split('[', ']')[1], out var index))
            {
                node = node is JsonArray list && index < list.Count ? list[index] : null;
            }
        }

        return node;
    }

    [GeneratedRegex("<([A-Za-z0-9_.-]+)>")]
    private static partial Regex Placeholder();
}

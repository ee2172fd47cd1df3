using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Logs;

/// <summary>
/// Log events, kept here because moto refuses those more than two hours ahead of the real time, which a compressed clock soon is;
/// groups and streams stay moto's.
/// </summary>
internal sealed class LogEventsService(TwinContext context) : ITwinService
{
    private const int PageSize = 10_000;
    private readonly Lock gate = new();
    private readonly Dictionary<(string Region, string Group, string Stream), List<LogEvent>> streams = [];
    private long written;

    public string SigningName => "logs";

    public bool Owns(string action) => action is "PutLogEvents" or "GetLogEvents" or "FilterLogEvents" or "DeleteLogGroup" or "DeleteLogStream";

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        switch (request.Action)
        {
            case "PutLogEvents":
                return TwinReply.Of(await PutAsync(request, cancel));
            case "GetLogEvents":
                await RequireAsync(request, cancel);
                return TwinReply.Of(Get(request));
            case "FilterLogEvents":
                await RequireAsync(request, cancel);
                return TwinReply.Of(Filter(request));
        }

        var reply = await context.Moto.AskAsync(request, cancel);
        if (reply.Status < 400)
        {
            var (group, stream) = (request.Input.Text("logGroupName"), request.Input.Text("logStreamName"));
            lock (gate)
            {
                foreach (var gone in streams.Keys.Where(key => key.Region == request.Region && key.Group == group && (stream is null || key.Stream == stream)).ToList())
                    streams.Remove(gone);
            }
        }

        return reply;
    }

    private async Task<JsonObject> PutAsync(TwinRequest request, CancellationToken cancel)
    {
        var key = (request.Region, request.Input.Required("logGroupName"), request.Input.Required("logStreamName"));
        bool isKnown;
        lock (gate)
            isKnown = streams.ContainsKey(key);
        if (!isKnown)
            await RequireAsync(request, cancel);
        var now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        lock (gate)
        {
            if (!streams.TryGetValue(key, out var events))
                streams[key] = events = [];
            foreach (var each in request.Input.Objects("logEvents"))
                events.Add(new LogEvent(++written, key.Item3, (long)(each.Number("timestamp") ?? now), now, each.Required("message")));
        }

        return new JsonObject { ["nextSequenceToken"] = $"{written}" };
    }

    /// <summary>The group, and the stream where one is named, as moto has them.</summary>
    private async Task RequireAsync(TwinRequest request, CancellationToken cancel)
    {
        var group = Group(request.Input);
        using var records = context.Records(request.Region);
        var wanted = request.Input.Text("logStreamName");
        var input = new JsonObject { ["logGroupName"] = group };
        if (wanted is not null)
            input["logStreamNamePrefix"] = wanted;
        var found = await records.JsonAsync("logs", "DescribeLogStreams", input, cancel);
        if (wanted is not null && !found.Objects("logStreams").Any(stream => stream.Text("logStreamName") == wanted))
            throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
    }

    private JsonObject Get(TwinRequest request)
    {
        var input = request.Input;
        var (from, to) = (input.Number("startTime") ?? 0, input.Number("endTime") ?? double.MaxValue);
        List<LogEvent> all;
        lock (gate)
            all = [.. (streams.GetValueOrDefault((request.Region, Group(input), input.Required("logStreamName"))) ?? []).Where(each => each.At >= from && each.At < to).OrderBy(each => each.At).ThenBy(each => each.Number)];
        var limit = input.Whole("limit") ?? PageSize;
        // Tokens are positions: f/N reads on from N, b/N reads what lies before N.
        var token = input.Text("nextToken");
        var start = token is ['f', '/', ..] ? int.Parse(token[2..]) : token is ['b', '/', ..] ? Math.Max(0, int.Parse(token[2..]) - limit)
            : input.Flag("startFromHead") == true ? 0 : Math.Max(0, all.Count - limit);
        var end = token is ['b', '/', ..] ? int.Parse(token[2..]) : Math.Min(all.Count, start + limit);
        return new JsonObject
        {
            ["events"] = new JsonArray([.. all.Take(start..end).Select(each => new JsonObject { ["timestamp"] = each.At, ["message"] = each.Message, ["ingestionTime"] = each.Ingested })]),
            ["nextForwardToken"] = $"f/{end}",
            ["nextBackwardToken"] = $"b/{start}",
        };
    }

    private JsonObject Filter(TwinRequest request)
    {
        var input = request.Input;
        var group = Group(input);
        var names = input.Texts("logStreamNames").ToHashSet();
        var prefix = input.Text("logStreamNamePrefix");
        var (from, to) = (input.Number("startTime") ?? 0, input.Number("endTime") ?? double.MaxValue);
        var matches = FilterPattern.Parse(input.Text("filterPattern"));
        var skipped = input.Whole("nextToken") ?? 0;
        var limit = input.Whole("limit") ?? PageSize;
        List<LogEvent> found;
        lock (gate)
        {
            found = [.. streams.Where(stream => stream.Key.Region == request.Region && stream.Key.Group == group
                    && (names.Count == 0 || names.Contains(stream.Key.Stream)) && (prefix is null || stream.Key.Stream.StartsWith(prefix, StringComparison.Ordinal)))
                .SelectMany(stream => stream.Value)
                .Where(each => each.At >= from && each.At <= to && matches(each.Message))
                .OrderBy(each => each.At).ThenBy(each => each.Number)];
        }

        return new JsonObject
        {
            ["events"] = new JsonArray([.. found.Skip(skipped).Take(limit).Select(each => new JsonObject
            {
                ["logStreamName"] = each.Stream,
                ["timestamp"] = each.At,
                ["message"] = each.Message,
                ["ingestionTime"] = each.Ingested,
                ["eventId"] = $"{each.Number:d56}",
            })]),
            ["searchedLogStreams"] = new JsonArray(),
            ["nextToken"] = found.Count > skipped + limit ? $"{skipped + limit}" : null,
        };
    }

    private static string Group(JsonObject input) =>
        input.Text("logGroupName") ?? (input.Text("logGroupIdentifier") is { } arn ? arn.Split(":log-group:")[^1].Split(':')[0] : input.Required("logGroupName"));

    private sealed record LogEvent(long Number, string Stream, long At, long Ingested, string Message);
}

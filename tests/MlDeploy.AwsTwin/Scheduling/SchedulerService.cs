using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Scheduling;

/// <summary>EventBridge Scheduler: schedules fire on the twin's clock and call what their universal target names.</summary>
internal sealed class SchedulerService : ITwinService, IAsyncDisposable
{
    private const string Universal = "arn:aws:scheduler:::aws-sdk:";
    /// <summary>Where a universal target's service is not called as it signs.</summary>
    private static readonly Dictionary<string, string> SigningNames = new() { ["cloudwatch"] = "monitoring" };
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);

    private readonly TwinContext twin;
    private readonly ConcurrentDictionary<(string Region, string Group, string Name), Entry> schedules = new();
    private readonly ConcurrentDictionary<(string Region, string Name), DateTimeOffset> groups = new();
    private readonly ConcurrentQueue<Invocation> invocations = new();
    private readonly Task firing;

    public SchedulerService(TwinContext twin)
    {
        this.twin = twin;
        firing = Task.Run(FireAsync, CancellationToken.None);
    }

    public string SigningName => "scheduler";

    public IReadOnlyCollection<Invocation> Invocations => [.. invocations];

    public bool Owns(string action) => true;

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel) => Task.FromResult(TwinReply.Of(request.Action switch
    {
        "CreateSchedule" => Create(request),
        "UpdateSchedule" => Update(request),
        "GetSchedule" => Get(request).Shown(),
        "DeleteSchedule" => Delete(request),
        "ListSchedules" => List(request),
        "CreateScheduleGroup" => CreateGroup(request),
        "GetScheduleGroup" => Group(request.Region, Name(request)),
        "DeleteScheduleGroup" => DeleteGroup(request),
        "ListScheduleGroups" => new JsonObject { ["ScheduleGroups"] = new JsonArray([.. groups.Keys.Where(key => key.Region == request.Region).Select(key => key.Name).Append("default").Select(name => (JsonNode?)Group(request.Region, name))]) },
        _ => throw new AwsError("ValidationException", $"The twin's Scheduler has no {request.Action}"),
    }));

    public (string Section, JsonNode Content)? Describe() => ("schedules", new JsonObject
    {
        ["schedules"] = new JsonArray([.. schedules.Values.Select(one => (JsonNode?)new JsonObject { ["name"] = one.Name, ["group"] = one.Group, ["region"] = one.Region, ["expression"] = one.Input.Text("ScheduleExpression"), ["next"] = one.Next is { } next ? ReplyWriting.Iso(next) : null })]),
        ["invocations"] = new JsonArray([.. invocations.Select(one => (JsonNode?)new JsonObject { ["schedule"] = one.Schedule, ["at"] = ReplyWriting.Iso(one.At), ["target"] = one.Target, ["error"] = one.Error })]),
    });

    public async ValueTask DisposeAsync() => await firing;

    private JsonObject Create(TwinRequest request)
    {
        var entry = Read(request, twin.Clock.GetUtcNow());
        return schedules.TryAdd(entry.Key, entry)
            ? new JsonObject { ["ScheduleArn"] = entry.Arn }
            : throw new AwsError("ConflictException", $"Schedule {entry.Name} already exists.", 409);
    }

    private JsonObject Update(TwinRequest request)
    {
        var old = Get(request);
        var entry = Read(request, old.Created);
        schedules[entry.Key] = entry;
        return new JsonObject { ["ScheduleArn"] = entry.Arn };
    }

    private JsonObject Delete(TwinRequest request)
    {
        schedules.TryRemove(Get(request).Key, out _);
        return [];
    }

    private JsonObject List(TwinRequest request) => new()
    {
        ["Schedules"] = new JsonArray([.. schedules.Values
            .Where(one => one.Region == request.Region && (request.Query.GetValueOrDefault("ScheduleGroup") ?? one.Group) == one.Group && one.Name.StartsWith(request.Query.GetValueOrDefault("NamePrefix") ?? "", StringComparison.Ordinal))
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => (JsonNode?)new JsonObject
            {
                ["Arn"] = one.Arn, ["Name"] = one.Name, ["GroupName"] = one.Group, ["State"] = one.State, ["CreationDate"] = JsonValue.Create(one.Created),
                ["LastModificationDate"] = JsonValue.Create(one.Modified), ["Target"] = new JsonObject { ["Arn"] = one.Target.Text("Arn") },
            })]),
    };

    private JsonObject CreateGroup(TwinRequest request) => groups.TryAdd((request.Region, Name(request)), twin.Clock.GetUtcNow())
        ? new JsonObject { ["ScheduleGroupArn"] = GroupArn(request.Region, Name(request)) }
        : throw new AwsError("ConflictException", $"Schedule group {Name(request)} already exists.", 409);

    private JsonObject DeleteGroup(TwinRequest request)
    {
        Group(request.Region, Name(request));
        groups.TryRemove((request.Region, Name(request)), out _);
        foreach (var key in schedules.Keys.Where(key => key.Region == request.Region && key.Group == Name(request)))
        {
            schedules.TryRemove(key, out _);
        }

        return [];
    }

    private JsonObject Group(string region, string name) => name == "default" || groups.ContainsKey((region, name))
        ? new JsonObject { ["Arn"] = GroupArn(region, name), ["Name"] = name, ["State"] = "ACTIVE", ["CreationDate"] = JsonValue.Create(groups.GetValueOrDefault((region, name), twin.Clock.Start)) }
        : throw new AwsError("ResourceNotFoundException", $"Schedule group {name} does not exist.", 404);

    private static string GroupArn(string region, string name) => $"arn:{TwinAccount.Partition}:scheduler:{region}:{TwinAccount.Id}:schedule-group/{name}";

    private Entry Get(TwinRequest request) =>
        schedules.GetValueOrDefault((request.Region, request.Query.GetValueOrDefault("groupName") ?? request.Input.Text("GroupName") ?? "default", Name(request)))
        ?? throw new AwsError("ResourceNotFoundException", $"Schedule {Name(request)} does not exist.", 404);

    private Entry Read(TwinRequest request, DateTimeOffset created)
    {
        var input = (JsonObject)request.Input.DeepClone();
        input.Remove("ClientToken");
        foreach (var required in new[] { "Target", "FlexibleTimeWindow" }.Where(name => input[name] is not JsonObject))
        {
            throw new AwsError("ValidationException", $"1 validation error detected: Value null at '{char.ToLowerInvariant(required[0])}{required[1..]}' failed to satisfy constraint: Member must not be null");
        }

        var group = input.Text("GroupName") ?? "default";
        Group(request.Region, group);
        var now = twin.Clock.GetUtcNow();
        var entry = new Entry(request.Region, group, Name(request), input, ScheduleExpression.Parse(input.Required("ScheduleExpression")), Zone(input.Text("ScheduleExpressionTimezone")), created, now);
        return entry.After(now);
    }

    private static TimeZoneInfo Zone(string? name) => name is null ? TimeZoneInfo.Utc : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
        : throw new AwsError("ValidationException", $"Invalid ScheduleExpressionTimezone {name}");

    private static string Name(TwinRequest request) => Uri.UnescapeDataString(request.Path.Trim('/').Split('/')[^1]);

    private async Task FireAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Tick, twin.Clock, twin.Ending);
                var now = twin.Clock.GetUtcNow();
                foreach (var due in schedules.Values.Where(one => one.State == "ENABLED" && one.Next <= now).ToList())
                {
                    // When the clock runs faster than we do, a schedule fires once for all it missed.
                    var after = due.After(now);
                    schedules.TryUpdate(due.Key, after, due);
                    await InvokeAsync(due);
                    if (after is { Next: null, EndsByItself: true })
                    {
                        schedules.TryRemove(KeyValuePair.Create(due.Key, after));
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The twin ends.
        }
    }

    private async Task InvokeAsync(Entry entry)
    {
        var (arn, error) = (entry.Target.Text("Arn") ?? "", (string?)null);
        try
        {
            if (!arn.StartsWith(Universal, StringComparison.Ordinal) || arn[Universal.Length..].Split(':') is not [var service, var action])
            {
                throw new AwsError("ValidationException", $"The twin calls universal targets only, not {arn}");
            }

            var input = (entry.Target.Text("Input") ?? "{}")
                .Replace("<aws.scheduler.schedule-arn>", entry.Arn, StringComparison.Ordinal)
                .Replace("<aws.scheduler.scheduled-time>", entry.Next!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), StringComparison.Ordinal)
                .Replace("<aws.scheduler.execution-id>", Guid.NewGuid().ToString(), StringComparison.Ordinal)
                .Replace("<aws.scheduler.attempt-number>", "1", StringComparison.Ordinal);
            using var call = twin.Caller("scheduler", entry.Region);
            await call.JsonAsync(SigningNames.GetValueOrDefault(service, service), char.ToUpperInvariant(action[0]) + action[1..], (JsonObject)JsonNode.Parse(input)!, twin.Ending);
        }
        catch (Exception problem) when (problem is AwsError or System.Text.Json.JsonException or KeyNotFoundException)
        {
            error = problem.Message;
        }

        invocations.Enqueue(new Invocation(entry.Name, entry.Next!.Value, arn, error));
    }

    internal sealed record Invocation(string Schedule, DateTimeOffset At, string Target, string? Error);

    private sealed record Entry(
        string Region, string Group, string Name, JsonObject Input, ScheduleExpression Expression, TimeZoneInfo Zone, DateTimeOffset Created, DateTimeOffset Modified)
    {
        public DateTimeOffset? Next { get; init; }

        public (string, string, string) Key => (Region, Group, Name);

        public string Arn => $"arn:{TwinAccount.Partition}:scheduler:{Region}:{TwinAccount.Id}:schedule/{Group}/{Name}";

        public string State => Input.Text("State") ?? "ENABLED";

        public JsonObject Target => Input.Object("Target");

        /// <summary>After its last time it is deleted.</summary>
        public bool EndsByItself => Input.Text("ActionAfterCompletion") == "DELETE";

        public Entry After(DateTimeOffset time) => this with { Next = Expression.Next(Input.Time("StartDate") ?? Created, time, Zone) is { } next && (Input.Time("EndDate") is not { } end || next <= end) ? next : null };

        public JsonObject Shown()
        {
            var shown = (JsonObject)Input.DeepClone();
            shown[nameof(Arn)] = Arn;
            shown[nameof(Name)] = Name;
            shown["GroupName"] = Group;
            shown[nameof(State)] = State;
            shown["ScheduleExpressionTimezone"] ??= "UTC";
            shown["ActionAfterCompletion"] ??= "NONE";
            shown["CreationDate"] = JsonValue.Create(Created);
            shown["LastModificationDate"] = JsonValue.Create(Modified);
            return shown;
        }
    }
}

using System.Text.Json.Nodes;
using System.Threading.Channels;
using MlDeploy.AwsTwin.Alarms;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Events;

/// <summary>The default event bus: what ECS and CloudWatch tell goes to the SNS topics of the rules that match. moto keeps the rules.</summary>
internal sealed class EventBus : IAsyncDisposable
{
    private readonly TwinContext context;
    private readonly Action<Exception> problem;
    private readonly Channel<JsonObject> happened = Channel.CreateUnbounded<JsonObject>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, (string Last, string Desired)> tasks = [];
    private readonly Task delivering;

    public EventBus(TwinContext context, Action<Exception> problem)
    {
        this.context = context;
        this.problem = problem;
        delivering = DeliverAsync();
    }

    public void Tell(EcsTask task)
    {
        lock (tasks)
        {
            if (tasks.TryGetValue(task.Arn, out var before) && before == (task.LastStatus, task.DesiredStatus))
                return;
            tasks[task.Arn] = (task.LastStatus, task.DesiredStatus);
            if (task.LastStatus == "STOPPED")
                tasks.Remove(task.Arn);
        }

        var region = task.Arn.Split(':')[3];
        Publish("aws.ecs", "ECS Task State Change", region, task.Arn, EcsRendering.Task(task, region, withTags: false));
    }

    public void Tell(string eventName, EcsService service) => Publish("aws.ecs", "ECS Service Action", service.Region, service.Arn, new JsonObject
    {
        ["eventType"] = eventName == "SERVICE_STEADY_STATE" ? "INFO" : "WARN",
        ["eventName"] = eventName,
        ["clusterArn"] = EcsNames.Cluster(service.Region, service.Cluster),
        ["createdAt"] = context.Clock.GetUtcNow(),
    });

    public void Tell(AlarmChange change)
    {
        var alarm = change.Now.Alarm;
        Publish("aws.cloudwatch", "CloudWatch Alarm State Change", alarm.Arn.Split(':')[3], alarm.Arn, new JsonObject
        {
            ["alarmName"] = alarm.Name,
            ["state"] = new JsonObject { ["value"] = AlarmRecord.Text(change.Now.State), ["reason"] = change.Now.Reason, ["timestamp"] = change.Now.Changed },
            ["previousState"] = new JsonObject { ["value"] = AlarmRecord.Text(change.Before) },
        });
    }

    /// <summary>An event of any service of the twin, as of CodeDeploy.</summary>
    public void Publish(string source, string detailType, string region, string resource, JsonObject detail)
    {
        var text = new JsonObject
        {
            ["version"] = "0",
            ["id"] = Guid.NewGuid().ToString(),
            ["detail-type"] = detailType,
            ["source"] = source,
            ["account"] = TwinAccount.Id,
            ["time"] = context.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["region"] = region,
            ["resources"] = new JsonArray(resource),
            ["detail"] = detail,
        }.ToJsonString();
        // Read back, so that times are text and absent members absent, as a rule sees them.
        happened.Writer.TryWrite((JsonObject)WithoutNulls(JsonNode.Parse(text))!);
    }

    public async ValueTask DisposeAsync()
    {
        happened.Writer.TryComplete();
        await delivering;
    }

    private async Task DeliverAsync()
    {
        await foreach (var each in happened.Reader.ReadAllAsync())
        {
            try
            {
                if (!context.Ending.IsCancellationRequested)
                    await DeliverAsync(each, each["region"]!.GetValue<string>());
            }
            catch (Exception error)
            {
                if (!context.Ending.IsCancellationRequested)
                    problem(error);
            }
        }
    }

    private async Task DeliverAsync(JsonObject what, string region)
    {
        using var records = context.Records(region);
        var rules = await records.JsonAsync("events", "ListRules", [], context.Ending);
        foreach (var rule in rules.Objects("Rules"))
        {
            if (rule.Text("State") != "ENABLED" || rule.Text("EventPattern") is not { } pattern || !EventPattern.Matches((JsonObject)JsonNode.Parse(pattern)!, what))
                continue;
            var targets = await records.JsonAsync("events", "ListTargetsByRule", new JsonObject { ["Rule"] = rule.Required("Name") }, context.Ending);
            foreach (var target in targets.Objects("Targets").Where(target => target.Required("Arn").StartsWith("arn:aws:sns:", StringComparison.Ordinal)))
            {
                using var sns = context.Caller("events", region);
                await sns.QueryAsync("sns", "Publish", new JsonObject { ["TopicArn"] = target.Required("Arn"), ["Message"] = Message(target, what) }, context.Ending);
            }
        }
    }

    private static string Message(JsonObject target, JsonObject what)
    {
        if (target.Text("Input") is { } constant)
            return constant;
        if (target.Text("InputPath") is { } path)
            return Find(what, path)?.ToJsonString() ?? "";
        if (target["InputTransformer"] is not JsonObject transformer)
            return what.ToJsonString();
        var message = transformer.Required("InputTemplate");
        foreach (var (name, where) in transformer.Object("InputPathsMap"))
        {
            var found = Find(what, where!.GetValue<string>());
            message = message.Replace($"<{name}>", found is JsonValue value ? InputReading.Plain(value) : found?.ToJsonString() ?? "", StringComparison.Ordinal);
        }

        return message;
    }

    /// <param name="path">`$.detail.containers[0].name`.</param>
    private static JsonNode? Find(JsonNode? node, string path)
    {
        foreach (var part in path.TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var bracket = part.IndexOf('[', StringComparison.Ordinal);
            node = (node as JsonObject)?[bracket < 0 ? part : part[..bracket]];
            if (bracket >= 0)
                node = node is JsonArray array && int.TryParse(part[(bracket + 1)..^1], out var index) && index < array.Count ? array[index] : null;
        }

        return node;
    }

    private static JsonNode? WithoutNulls(JsonNode? node)
    {
        if (node is JsonArray items)
            return new JsonArray([.. items.Select(WithoutNulls)]);
        return node is JsonObject fields
            ? new JsonObject(fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, WithoutNulls(field.Value))))
            : node?.DeepClone();
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>The calls about tasks.</summary>
internal sealed class TaskCalls(TwinContext context, EcsBook book, TaskFleet fleet)
{
    public async Task<JsonObject> RunAsync(TwinRequest request, CancellationToken cancel)
    {
        var input = request.Input;
        using var records = context.Records(request.Region);
        var definition = await TaskDefinition.ReadAsync(records, input.Required("taskDefinition"), cancel);
        var overrides = input.Object("overrides").Objects("containerOverrides").ToImmutableDictionary(
            each => each.Required("name"),
            each => new ContainerOverride(each.Objects("environment").ToImmutableDictionary(variable => variable.Required("name"), variable => variable.Text("value") ?? ""), [.. each.Texts("command")]));
        var tasks = new JsonArray();
        for (var i = 0; i < (input.Whole("count") ?? 1); i++)
        {
            var task = fleet.Start(
                definition, request.Region, EcsNames.ClusterName(input.Text("cluster")), input.Text("group") ?? $"family:{definition.Family}", input.Text("startedBy"),
                input["networkConfiguration"] as JsonObject, overrides, input["tags"]?.DeepClone() as JsonArray);
            tasks.Add(EcsRendering.Task(task, request.Region, withTags: true));
        }

        return new JsonObject { ["tasks"] = tasks, ["failures"] = new JsonArray() };
    }

    public JsonObject Stop(TwinRequest request)
    {
        var task = Find(request.Input.Required("task"), request.Input) ?? throw new AwsError("InvalidParameterException", "The referenced task was not found.");
        fleet.Stop(task.Arn, "UserInitiated", request.Input.Text("reason") ?? "Task stopped by user");
        return new JsonObject { ["task"] = EcsRendering.Task(task with { DesiredStatus = "STOPPED" }, request.Region, withTags: false) };
    }

    public JsonObject Describe(TwinRequest request)
    {
        var asked = request.Input.Texts("tasks").Select(name => (Name: name, Task: Find(name, request.Input))).ToList();
        var withTags = request.Input.Texts("include").Contains("TAGS");
        return new JsonObject
        {
            ["tasks"] = new JsonArray([.. asked.Where(each => each.Task is not null).Select(each => EcsRendering.Task(each.Task!, request.Region, withTags))]),
            ["failures"] = new JsonArray([.. asked.Where(each => each.Task is null).Select(each => new JsonObject { ["arn"] = each.Name, ["reason"] = "MISSING" })]),
        };
    }

    public JsonObject List(TwinRequest request)
    {
        var input = request.Input;
        var cluster = EcsNames.ClusterName(input.Text("cluster"));
        var desired = input.Text("desiredStatus") ?? "RUNNING";
        var service = input.Text("serviceName") is { } name ? $"service:{name[(name.LastIndexOf('/') + 1)..]}" : null;
        var found = book.Tasks.Where(task => task.Cluster == cluster && task.Arn.Contains($":{request.Region}:", StringComparison.Ordinal)
            && task.DesiredStatus == desired
            && (service ?? task.Group) == task.Group
            && (input.Text("startedBy") ?? task.StartedBy) == task.StartedBy
            && (input.Text("family") is not { } family || task.TaskDefinitionArn.Contains($"/{family}:", StringComparison.Ordinal)));
        return new JsonObject { ["taskArns"] = new JsonArray([.. found.OrderBy(task => task.Created).Select(task => JsonValue.Create(task.Arn))]) };
    }

    private EcsTask? Find(string name, JsonObject input)
    {
        var cluster = EcsNames.ClusterName(input.Text("cluster"));
        return book.Tasks.FirstOrDefault(task => (task.Arn == name || task.Id == name) && task.Cluster == cluster);
    }
}

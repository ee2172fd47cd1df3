using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>The calls about task sets, by which CodeDeploy makes a green one, turns it into the primary and ends the old one.</summary>
internal sealed class TaskSetCalls(TwinContext context, EcsBook book)
{
    /// <summary>As ECS numbers deployments and task sets: 19 digits.</summary>
    public static string NewId() => $"ecs-svc/{System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000_000_000, int.MaxValue)}{System.Security.Cryptography.RandomNumberGenerator.GetInt32(0, 1_000_000_000):d9}";

    public async Task<JsonObject> CreateAsync(TwinRequest request, CancellationToken cancel)
    {
        var input = request.Input;
        using var records = context.Records(request.Region);
        var definition = await TaskDefinition.ReadAsync(records, input.Required("taskDefinition"), cancel);
        var now = context.Clock.GetUtcNow();
        lock (book.Gate)
        {
            var service = Service(request);
            if (service.IsRolling)
                throw new AwsError("InvalidParameterException", "Task sets can only be created for services that use the EXTERNAL or CODE_DEPLOY deployment controller.");
            var set = new TaskSet
            {
                Id = NewId(),
                ExternalId = input.Text("externalId"),
                TaskDefinitionArn = definition.Arn,
                LoadBalancers = input["loadBalancers"]?.DeepClone() as JsonArray ?? service.LoadBalancers,
                Network = input["networkConfiguration"]?.DeepClone() as JsonObject,
                Created = now,
                Updated = now,
                Scale = input.Object("scale").Number("value") ?? 100,
            };
            service.Sets.Add(set);
            return Show(service, set);
        }
    }

    public JsonObject Describe(TwinRequest request)
    {
        lock (book.Gate)
        {
            var service = Service(request);
            var asked = request.Input.Texts("taskSets").Select(Short).ToList();
            var found = service.Sets.Where(set => asked.Count == 0 || asked.Contains(set.Id)).ToList();
            return new JsonObject
            {
                ["taskSets"] = new JsonArray([.. found.Select(set => EcsRendering.TaskSet(service, set, book.Tasks))]),
                ["failures"] = new JsonArray([.. asked.Except(found.Select(set => set.Id)).Select(id => new JsonObject { ["arn"] = id, ["reason"] = "MISSING" })]),
            };
        }
    }

    public JsonObject Update(TwinRequest request)
    {
        lock (book.Gate)
        {
            var (service, set) = Find(request, "taskSet");
            set.Scale = request.Input.Object("scale").Number("value") ?? set.Scale;
            set.Updated = context.Clock.GetUtcNow();
            set.IsSteady = false;
            return Show(service, set);
        }
    }

    /// <summary>The primary's parameters become the service's.</summary>
    public JsonObject MakePrimary(TwinRequest request)
    {
        lock (book.Gate)
        {
            var (service, set) = Find(request, "primaryTaskSet");
            foreach (var other in service.Sets.Where(other => other.Status == "PRIMARY"))
                other.Status = "ACTIVE";
            set.Status = "PRIMARY";
            set.Updated = context.Clock.GetUtcNow();
            service.TaskDefinitionArn = set.TaskDefinitionArn;
            service.LoadBalancers = set.LoadBalancers;
            service.Network = set.Network ?? service.Network;
            return Show(service, set);
        }
    }

    public JsonObject Delete(TwinRequest request)
    {
        lock (book.Gate)
        {
            var (service, set) = Find(request, "taskSet");
            if (set.Status == "PRIMARY" && request.Input.Flag("force") != true)
                throw new AwsError("InvalidParameterException", "The primary task set cannot be deleted.");
            if (set.Scale > 0 && request.Input.Flag("force") != true)
                throw new AwsError("InvalidParameterException", "The task set cannot be deleted while it is scaled above 0.");
            set.Status = "DRAINING";
            set.Updated = context.Clock.GetUtcNow();
            return Show(service, set);
        }
    }

    private (EcsService Service, TaskSet Set) Find(TwinRequest request, string member)
    {
        var service = Service(request);
        var id = Short(request.Input.Required(member));
        return (service, service.Sets.Find(set => set.Id == id) ?? throw new AwsError("TaskSetNotFoundException", "The specified task set wasn't found."));
    }

    private EcsService Service(TwinRequest request) => book.Service(request.Region, EcsNames.ClusterName(request.Input.Text("cluster")), request.Input.Required("service"));

    private JsonObject Show(EcsService service, TaskSet set) => new() { ["taskSet"] = EcsRendering.TaskSet(service, set, book.Tasks) };

    private static string Short(string id) => id[Math.Max(0, id.IndexOf("ecs-svc/", StringComparison.Ordinal))..];
}

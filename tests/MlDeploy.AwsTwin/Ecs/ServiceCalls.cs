using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>The calls about services.</summary>
internal sealed class ServiceCalls(TwinContext context, EcsBook book, BalancerFleet balancers)
{
    private static readonly string[] KeptMembers =
    [
        "launchType", "platformVersion", "schedulingStrategy", "enableECSManagedTags", "enableExecuteCommand", "propagateTags", "serviceRegistries", "roleArn",
        "availabilityZoneRebalancing", "capacityProviderStrategy", "placementConstraints", "placementStrategy",
    ];

    public async Task<JsonObject> CreateAsync(TwinRequest request, CancellationToken cancel)
    {
        var input = request.Input;
        var cluster = await ClusterAsync(request, cancel);
        var name = input.Required("serviceName");
        var arn = EcsNames.Service(request.Region, cluster, name);
        var controller = input.Object("deploymentController").Text("type") ?? "ECS";
        var definition = input.Text("taskDefinition") is { } wanted ? await DefinitionAsync(request.Region, wanted, cancel) : null;
        if (definition is null && controller != "EXTERNAL")
            throw new AwsError("InvalidParameterException", "TaskDefinition can not be blank.");
        if (input.Whole("desiredCount") is null or < 0 && controller != "EXTERNAL")
            throw new AwsError("InvalidParameterException", "Desired count can not be blank or negative.");
        var loadBalancers = input["loadBalancers"]?.DeepClone() as JsonArray ?? [];
        CheckBalancers(loadBalancers, definition);
        var now = context.Clock.GetUtcNow();
        lock (book.Gate)
        {
            if (book.Services.TryGetValue(arn, out var old) && old.Status == "ACTIVE")
                throw new AwsError("InvalidParameterException", "Creation of service was not idempotent.");
            if (old is { Status: "DRAINING" })
                throw new AwsError("InvalidParameterException", "Unable to Start a service that is still Draining.");
            var service = new EcsService
            {
                Arn = arn,
                Name = name,
                Cluster = cluster,
                Region = request.Region,
                Controller = controller,
                Created = now,
                DesiredCount = input.Whole("desiredCount") ?? 0,
                TaskDefinitionArn = definition?.Arn,
                LoadBalancers = loadBalancers,
                Network = input["networkConfiguration"]?.DeepClone() as JsonObject,
                GracePeriod = TimeSpan.FromSeconds(input.Whole("healthCheckGracePeriodSeconds") ?? 0),
                Tags = input["tags"]?.DeepClone() as JsonArray ?? [],
            };
            service.Kept["launchType"] = "FARGATE";
            service.Kept["platformVersion"] = "LATEST";
            service.Kept["platformFamily"] = "Linux";
            service.Kept["schedulingStrategy"] = "REPLICA";
            service.Kept["propagateTags"] = "NONE";
            service.Kept["enableECSManagedTags"] = false;
            service.Kept["enableExecuteCommand"] = false;
            Keep(service, input);
            Configure(service, input);
            if (definition is not null)
                service.Sets.Add(NewSet(service, definition.Arn, now, "PRIMARY"));
            book.Services[arn] = service;
            return Show(service);
        }
    }

    public async Task<JsonObject> UpdateAsync(TwinRequest request, CancellationToken cancel)
    {
        var input = request.Input;
        var definition = input.Text("taskDefinition") is { } wanted ? await DefinitionAsync(request.Region, wanted, cancel) : null;
        lock (book.Gate)
        {
            var service = book.Service(request.Region, EcsNames.ClusterName(input.Text("cluster")), input.Required("service"));
            if (service.Status != "ACTIVE")
                throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
            RefuseWhatCodeDeployOwns(service, input);
            if (input.Whole("desiredCount") is { } count)
                service.DesiredCount = count >= 0 ? count : throw new AwsError("InvalidParameterException", "Desired count can not be negative.");
            if (input.Whole("healthCheckGracePeriodSeconds") is { } grace)
                service.GracePeriod = TimeSpan.FromSeconds(grace);
            if (input["networkConfiguration"] is JsonObject network)
                service.Network = (JsonObject)network.DeepClone();
            if (input["loadBalancers"] is JsonArray loadBalancers)
                service.LoadBalancers = (JsonArray)loadBalancers.DeepClone();
            Keep(service, input);
            Configure(service, input);
            var isNew = definition is not null && definition.Arn != service.TaskDefinitionArn;
            if (service.IsRolling && (isNew || input.Flag("forceNewDeployment") == true || input["networkConfiguration"] is not null || input["loadBalancers"] is not null))
            {
                service.TaskDefinitionArn = definition?.Arn ?? service.TaskDefinitionArn;
                foreach (var set in service.Sets)
                    set.Status = "ACTIVE";
                service.Sets.Add(NewSet(service, service.TaskDefinitionArn!, context.Clock.GetUtcNow(), "PRIMARY"));
            }

            return Show(service);
        }
    }

    public JsonObject Delete(TwinRequest request)
    {
        lock (book.Gate)
        {
            var service = book.Service(request.Region, EcsNames.ClusterName(request.Input.Text("cluster")), request.Input.Required("service"));
            if (service.DesiredCount > 0 && request.Input.Flag("force") != true && service.Status == "ACTIVE")
                throw new AwsError("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
            if (service.Controller == "EXTERNAL" && service.Sets.Count > 0 && request.Input.Flag("force") != true)
                throw new AwsError("InvalidParameterException", "The service cannot be stopped while it has active task sets.");
            service.Status = "DRAINING";
            service.DesiredCount = 0;
            return Show(service);
        }
    }

    public JsonObject Describe(TwinRequest request)
    {
        var input = request.Input;
        var cluster = EcsNames.ClusterName(input.Text("cluster"));
        var withTags = input.Texts("include").Contains("TAGS");
        var found = new JsonArray();
        var failures = new JsonArray();
        lock (book.Gate)
        {
            foreach (var name in input.Texts("services"))
            {
                var arn = name.StartsWith("arn:", StringComparison.Ordinal) ? name : EcsNames.Service(request.Region, cluster, name);
                // A deleted service is still described for a while, as INACTIVE.
                if (book.Services.TryGetValue(arn, out var service))
                    found.Add(EcsRendering.Service(service, book.Tasks, withTags));
                else
                    failures.Add(new JsonObject { ["arn"] = arn, ["reason"] = "MISSING" });
            }
        }

        return new JsonObject { ["services"] = found, ["failures"] = failures };
    }

    public JsonObject List(TwinRequest request)
    {
        var cluster = EcsNames.Cluster(request.Region, EcsNames.ClusterName(request.Input.Text("cluster")));
        lock (book.Gate)
        {
            var arns = book.Services.Values.Where(service => service.Status != "INACTIVE" && EcsNames.Cluster(service.Region, service.Cluster) == cluster).Select(service => service.Arn);
            return new JsonObject { ["serviceArns"] = new JsonArray([.. arns.Order(StringComparer.Ordinal).Select(arn => JsonValue.Create(arn))]) };
        }
    }

    private JsonObject Show(EcsService service) => new() { ["service"] = EcsRendering.Service(service, book.Tasks, withTags: true) };

    /// <summary>The words of the real service: mldeploy's users will search for them.</summary>
    private static void RefuseWhatCodeDeployOwns(EcsService service, JsonObject input)
    {
        if (service.Controller != "CODE_DEPLOY")
            return;
        var refused =
            input["taskDefinition"] is not null && input.Text("taskDefinition") is { } wanted && !service.TaskDefinitionArn!.EndsWith("/" + wanted[(wanted.LastIndexOf('/') + 1)..], StringComparison.Ordinal) ? "Unable to update task definition on services"
            : input["loadBalancers"] is not null ? "Unable to update load balancers on services"
            : input["networkConfiguration"] is not null ? "Unable to update network parameters on services"
            : input["platformVersion"] is not null ? "Unable to update platform version on services"
            : input.Flag("forceNewDeployment") == true ? "Cannot force a new deployment on services"
            : null;
        if (refused is not null)
            throw new AwsError("InvalidParameterException", $"{refused} with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.");
    }

    private void CheckBalancers(JsonArray loadBalancers, TaskDefinition? definition)
    {
        foreach (var balancer in loadBalancers.OfType<JsonObject>())
        {
            var arn = balancer.Text("targetGroupArn") ?? throw new AwsError("InvalidParameterException", "The twin knows load balancers by targetGroupArn only.");
            var configuration = balancers.Configuration;
            if (!configuration.TargetGroups.ContainsKey(arn))
                throw new AwsError("InvalidParameterException", $"Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being passed has the proper permissions. (target group {arn} does not exist)");
            if (!configuration.LoadBalancersOf(arn).Any())
                throw new AwsError("InvalidParameterException", $"The target group with targetGroupArn {arn} does not have an associated load balancer.");
            var name = balancer.Text("containerName");
            var container = definition?.Containers.FirstOrDefault(each => each.Name == name);
            if (definition is not null && container is null)
                throw new AwsError("InvalidParameterException", $"The container {name} does not exist in the task definition.");
            if (container is not null && !container.Ports.Contains(balancer.Whole("containerPort") ?? 0))
                throw new AwsError("InvalidParameterException", $"The container {name} did not have a container port {balancer.Whole("containerPort")} defined.");
        }
    }

    private static void Keep(EcsService service, JsonObject input)
    {
        foreach (var member in KeptMembers)
        {
            if (input[member] is { } value)
                service.Kept[member] = value.DeepClone();
        }
    }

    private static void Configure(EcsService service, JsonObject input)
    {
        var configuration = input.Object("deploymentConfiguration");
        service.MinimumHealthyPercent = configuration.Whole("minimumHealthyPercent") ?? service.MinimumHealthyPercent;
        service.MaximumPercent = configuration.Whole("maximumPercent") ?? service.MaximumPercent;
        if (configuration["deploymentCircuitBreaker"] is JsonObject breaker)
            (service.BreaksCircuit, service.RollsBack) = (breaker.Flag("enable") ?? false, breaker.Flag("rollback") ?? false);
    }

    private static TaskSet NewSet(EcsService service, string definition, DateTimeOffset now, string status) => new()
    {
        Id = TaskSetCalls.NewId(),
        TaskDefinitionArn = definition,
        LoadBalancers = service.LoadBalancers,
        Created = now,
        Updated = now,
        Status = status,
    };

    private async Task<string> ClusterAsync(TwinRequest request, CancellationToken cancel)
    {
        var name = EcsNames.ClusterName(request.Input.Text("cluster"));
        using var records = context.Records(request.Region);
        var found = await records.JsonAsync("ecs", "DescribeClusters", new JsonObject { ["clusters"] = new JsonArray(name) }, cancel);
        return found.Objects("clusters").Any(cluster => cluster.Text("status") == "ACTIVE") ? name : throw new AwsError("ClusterNotFoundException", "Cluster not found.");
    }

    private async Task<TaskDefinition> DefinitionAsync(string region, string name, CancellationToken cancel)
    {
        using var records = context.Records(region);
        try
        {
            return await TaskDefinition.ReadAsync(records, name, cancel);
        }
        catch (AwsError)
        {
            throw new AwsError("ClientException", "TaskDefinition not found.");
        }
    }
}

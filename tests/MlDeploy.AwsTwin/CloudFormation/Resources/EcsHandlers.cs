using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class EcsHandler(string type) : ResourceHandler($"AWS::ECS::{type}")
{
    protected static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.JsonAsync("ecs", action, input, cancel);

    protected static async Task RetagAsync(ResourceWork work, string arn, CancellationToken cancel)
    {
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "UntagResource", new JsonObject { ["resourceArn"] = arn, ["tagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "TagResource", new JsonObject { ["resourceArn"] = arn, ["tags"] = work.LowerTagList() }, cancel);
    }
}

internal sealed class EcsClusterHandler() : EcsHandler("Cluster")
{
    public override string NameProperty => "ClusterName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("ClusterName", 255);
        var input = Settings(work);
        input["clusterName"] = name;
        input["tags"] = work.LowerTagList();
        foreach (var list in new[] { "CapacityProviders", "DefaultCapacityProviderStrategy" }.Where(work.Properties.ContainsKey))
        {
            input[char.ToLowerInvariant(list[0]) + list[1..]] = ApiShape.Camel(work.Properties[list]);
        }

        var reply = await CallAsync(work, "CreateCluster", input, cancel);
        return new Made(name, Attributes(("Arn", reply.Object("cluster").Text("clusterArn"))));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "ClusterSettings", "Configuration", "ServiceConnectDefaults"))
        {
            var input = Settings(work);
            input["cluster"] = work.Id;
            await CallAsync(work, "UpdateCluster", input, cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "CapacityProviders", "DefaultCapacityProviderStrategy"))
        {
            await CallAsync(work, "PutClusterCapacityProviders", new JsonObject
            {
                ["cluster"] = work.Id,
                ["capacityProviders"] = ApiShape.Camel(work.Properties["CapacityProviders"]) ?? new JsonArray(),
                ["defaultCapacityProviderStrategy"] = ApiShape.Camel(work.Properties["DefaultCapacityProviderStrategy"]) ?? new JsonArray(),
            }, cancel);
        }

        await RetagAsync(work, work.Attributes.Required("Arn"), cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteCluster", new JsonObject { ["cluster"] = work.Id }, cancel));

    private static JsonObject Settings(ResourceWork work)
    {
        var input = new JsonObject();
        foreach (var (property, name) in new[] { ("ClusterSettings", "settings"), ("Configuration", "configuration"), ("ServiceConnectDefaults", "serviceConnectDefaults") })
        {
            if (work.Properties[property] is { } value)
            {
                input[name] = ApiShape.Camel(value);
            }
        }

        return input;
    }
}

internal sealed class TaskDefinitionHandler() : EcsHandler("TaskDefinition")
{
    /// <summary>Every change makes a new revision; that is what a family is for, so its name does not stand in the way.</summary>
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = ApiShape.Camel((JsonObject)work.Properties.DeepClone());
        input["family"] = work.Name("Family", 255);
        input["tags"] = work.LowerTagList();
        input["containerDefinitions"] ??= new JsonArray();
        var reply = await CallAsync(work, "RegisterTaskDefinition", input, cancel);
        var arn = reply.Object("taskDefinition").Required("taskDefinitionArn");
        return new Made(arn, Attributes(("TaskDefinitionArn", arn)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await RetagAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeregisterTaskDefinition", new JsonObject { ["taskDefinition"] = work.Id }, cancel), "ClientException");
}

internal sealed class EcsServiceHandler() : EcsHandler("Service")
{
    /// <summary>How long CloudFormation waits for a service to be steady; the circuit breaker, where there is one, ends it sooner.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    private static readonly (string Property, string Word)[] NotOfCodeDeploy =
        [("TaskDefinition", "task definition"), ("LoadBalancers", "load balancers"), ("NetworkConfiguration", "network configuration"), ("PlatformVersion", "platform version"), ("LaunchType", "launch type")];

    public override string NameProperty => "ServiceName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = ApiShape.Camel((JsonObject)work.Properties.DeepClone());
        input["serviceName"] = work.Name("ServiceName", 255);
        input["tags"] = work.LowerTagList();
        input["desiredCount"] ??= 1;
        if (work.Text("LaunchType") is null && work.Properties["CapacityProviderStrategy"] is null)
        {
            input["launchType"] = "EC2";
        }

        var service = (await CallAsync(work, "CreateService", input, cancel)).Object("service");
        var made = new Made(service.Required("serviceArn"), Attributes(("ServiceArn", service.Text("serviceArn")), ("Name", service.Text("serviceName"))));
        work.Announce(made);
        await SteadyAsync(work, made.PhysicalId, cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var isCodeDeploys = work.Properties.Object("DeploymentController").Text("Type") == "CODE_DEPLOY";
        var changed = NotOfCodeDeploy.Where(one => ApiShape.Differs(before, work.Properties, one.Property)).ToList();
        if (isCodeDeploys && changed.Count > 0 && !work.IsRollback)
        {
            throw new AwsError("InvalidRequest", $"Invalid request provided: UpdateService error: Unable to update {string.Join(", ", changed.Select(one => one.Word))} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException)");
        }

        if (ApiShape.Differs(before, work.Properties, "DeploymentController"))
        {
            throw new AwsError("InvalidRequest", "Invalid request provided: UpdateService error: Updating the deployment controller is not supported.");
        }

        var input = ApiShape.Camel((JsonObject)work.Properties.DeepClone());
        foreach (var name in new[] { "serviceName", "tags", "deploymentController", "schedulingStrategy", "role", "launchType", "cluster" }.Concat(isCodeDeploys ? ["taskDefinition", "loadBalancers", "networkConfiguration", "platformVersion"] : []))
        {
            input.Remove(name);
        }

        input["service"] = work.Id;
        input["cluster"] = work.Text("Cluster");
        await CallAsync(work, "UpdateService", input, cancel);
        await RetagAsync(work, work.Id, cancel);
        await SteadyAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override async Task DeleteAsync(ResourceWork work, CancellationToken cancel)
    {
        await UnlessGone(() => CallAsync(work, "DeleteService", new JsonObject { ["cluster"] = work.Text("Cluster"), ["service"] = work.Id, ["force"] = true }, cancel), "ServiceNotActiveException");
        await work.WaitAsync(async () => (await FindAsync(work, work.Id, cancel))?.Text("status") is null or "INACTIVE",
            TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(30));
    }

    private static Task SteadyAsync(ResourceWork work, string arn, CancellationToken cancel) => work.WaitAsync(async () =>
    {
        var service = await FindAsync(work, arn, cancel) ?? throw new AwsError("NotFound", $"Service {arn} is gone");
        if (service.Objects("deployments").Any(deployment => deployment.Text("rolloutState") == "FAILED"))
        {
            throw new AwsError("GeneralServiceException", "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.");
        }

        return ServiceSteadiness.IsSteady(service);
    }, TimeSpan.FromSeconds(15), Patience);

    private static async Task<JsonObject?> FindAsync(ResourceWork work, string arn, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "DescribeServices", new JsonObject { ["cluster"] = work.Text("Cluster"), ["services"] = new JsonArray(arn) }, cancel);
        return reply.Objects("services").FirstOrDefault();
    }
}

/// <summary>What `aws ecs wait services-stable` and CloudFormation mean by steady.</summary>
internal static class ServiceSteadiness
{
    public static bool IsSteady(JsonObject service)
    {
        var desired = service.Whole("desiredCount") ?? 0;
        if (service.Whole("runningCount") != desired || service.Whole("pendingCount") is > 0)
        {
            return false;
        }

        var sets = service.Objects("taskSets").ToList();
        return sets.Count > 0
            ? sets.Exists(set => set.Text("status") == "PRIMARY" && set.Text("stabilityStatus") == "STEADY_STATE")
            : service.Objects("deployments").Count() <= 1 && service.Objects("deployments").All(deployment => deployment.Text("rolloutState") is null or "COMPLETED");
    }
}

using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>How a service stands.</summary>
/// <param name="Primary">Its primary task set and that one's target group.</param>
/// <param name="Others">Task sets that are neither primary nor draining.</param>
internal sealed record ServiceLook(string Controller, int DesiredCount, (string Id, string? TargetGroup)? Primary, IReadOnlyList<string> Others, IReadOnlySet<string> Steady, IReadOnlySet<string> Present);

/// <summary>The ECS side of a deployment: reads a service as it stands, changes it by ECS's own calls.</summary>
internal sealed class DeploymentTaskSets(TwinContext context, EcsBook book, string region, string cluster, string service)
{
    public ServiceLook? Look()
    {
        lock (book.Gate)
        {
            if (book.Services.GetValueOrDefault(EcsNames.Service(region, cluster, service)) is not { Status: "ACTIVE" } found)
            {
                return null;
            }

            return new ServiceLook(
                found.Controller,
                found.DesiredCount,
                found.Primary is { } primary ? (primary.Id, primary.LoadBalancers.OfType<JsonObject>().FirstOrDefault()?.Text("targetGroupArn")) : null,
                [.. found.Sets.Where(set => set.Status == "ACTIVE").Select(set => set.Id)],
                found.Sets.Where(set => set.IsSteady).Select(set => set.Id).ToHashSet(),
                found.Sets.Select(set => set.Id).ToHashSet());
        }
    }

    /// <returns>The new set's id.</returns>
    /// <exception cref="AwsError"/>
    public async Task<string> CreateAsync(string deployment, AppSpec spec, string targetGroup)
    {
        var input = Named(new JsonObject
        {
            ["externalId"] = deployment,
            ["taskDefinition"] = spec.TaskDefinition,
            ["launchType"] = "FARGATE",
            ["platformVersion"] = spec.PlatformVersion,
            ["networkConfiguration"] = spec.Network?.DeepClone(),
            ["loadBalancers"] = new JsonArray(new JsonObject { ["targetGroupArn"] = targetGroup, ["containerName"] = spec.ContainerName, ["containerPort"] = spec.ContainerPort }),
            ["scale"] = new JsonObject { ["value"] = 100.0, ["unit"] = "PERCENT" },
        });
        return (await CallAsync("CreateTaskSet", input)).Object("taskSet").Required("id");
    }

    /// <exception cref="AwsError"/>
    public Task MakePrimaryAsync(string set) => CallAsync("UpdateServicePrimaryTaskSet", Named(new JsonObject { ["primaryTaskSet"] = set }));

    /// <exception cref="AwsError"/>
    public async Task DeleteAsync(string set)
    {
        if (Look()?.Present.Contains(set) == true)
        {
            await CallAsync("DeleteTaskSet", Named(new JsonObject { ["taskSet"] = set, ["force"] = true }));
        }
    }

    private async Task<JsonObject> CallAsync(string action, JsonObject input)
    {
        using var caller = context.Caller("codedeploy", region);
        return await caller.JsonAsync("ecs", action, input, context.Ending);
    }

    private JsonObject Named(JsonObject input)
    {
        input["cluster"] = cluster;
        input["service"] = service;
        foreach (var absent in input.Where(field => field.Value is null).Select(field => field.Key).ToList())
        {
            input.Remove(absent);
        }

        return input;
    }
}

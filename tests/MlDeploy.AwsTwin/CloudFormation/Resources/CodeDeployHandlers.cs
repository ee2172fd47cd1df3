using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class CodeDeployHandler(string type) : ResourceHandler($"AWS::CodeDeploy::{type}")
{
    protected static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.JsonAsync("codedeploy", action, input, cancel);

    protected static async Task RetagAsync(ResourceWork work, string arn, CancellationToken cancel)
    {
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "UntagResource", new JsonObject { ["ResourceArn"] = arn, ["TagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "TagResource", new JsonObject { ["ResourceArn"] = arn, ["Tags"] = work.TagList() }, cancel);
    }
}

internal sealed class CodeDeployApplicationHandler() : CodeDeployHandler("Application")
{
    public override string NameProperty => "ApplicationName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("ApplicationName", 100);
        await CallAsync(work, "CreateApplication", new JsonObject { ["applicationName"] = name, ["computePlatform"] = work.Text("ComputePlatform") ?? "Server", ["tags"] = work.TagList() }, cancel);
        return new Made(name, Attributes(("ApplicationName", name)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await RetagAsync(work, $"arn:{TwinAccount.Partition}:codedeploy:{work.Region}:{TwinAccount.Id}:application:{work.Id}", cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteApplication", new JsonObject { ["applicationName"] = work.Id }, cancel), "ApplicationDoesNotExistException");
}

/// <summary>Every property is create-only: a change needs a new name.</summary>
internal sealed class DeploymentConfigHandler() : CodeDeployHandler("DeploymentConfig")
{
    public override string NameProperty => "DeploymentConfigName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("DeploymentConfigName", 100);
        var input = ApiShape.Camel((JsonObject)work.Properties.DeepClone());
        input["deploymentConfigName"] = name;
        await CallAsync(work, "CreateDeploymentConfig", input, cancel);
        return new Made(name, Attributes(("DeploymentConfigName", name)));
    }

    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => Task.FromResult(new Made(work.Id, work.Attributes));

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(
        () => CallAsync(work, "DeleteDeploymentConfig", new JsonObject { ["deploymentConfigName"] = work.Id }, cancel), "DeploymentConfigDoesNotExistException");
}

internal sealed class DeploymentGroupHandler() : CodeDeployHandler("DeploymentGroup")
{
    public override string NameProperty => "DeploymentGroupName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("DeploymentGroupName", 100);
        var input = Input(work);
        input["deploymentGroupName"] = name;
        input["tags"] = work.TagList();
        await CallAsync(work, "CreateDeploymentGroup", input, cancel);
        return new Made(name, Attributes(("DeploymentGroupName", name)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var input = Input(work);
        input["currentDeploymentGroupName"] = work.Id;
        await CallAsync(work, "UpdateDeploymentGroup", input, cancel);
        await RetagAsync(work, $"arn:{TwinAccount.Partition}:codedeploy:{work.Region}:{TwinAccount.Id}:deploymentgroup:{work.Text("ApplicationName")}/{work.Id}", cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(
        () => CallAsync(work, "DeleteDeploymentGroup", new JsonObject { ["applicationName"] = work.Text("ApplicationName"), ["deploymentGroupName"] = work.Id }, cancel), "ApplicationDoesNotExistException");

    /// <summary>CloudFormation's names are the service's, but for these lists.</summary>
    private static JsonObject Input(ResourceWork work)
    {
        var input = ApiShape.Camel((JsonObject)work.Properties.DeepClone());
        if (input["eCSServices"] is { } services)
        {
            input.Remove("eCSServices");
            input["ecsServices"] = services;
        }

        foreach (var unused in new[] { "deployment", "tags", "deploymentGroupName" })
        {
            input.Remove(unused);
        }

        return input;
    }
}

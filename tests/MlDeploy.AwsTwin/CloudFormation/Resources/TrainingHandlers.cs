using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal sealed class NotebookHandler() : ResourceHandler("AWS::SageMaker::NotebookInstance")
{
    public override string NameProperty => "NotebookInstanceName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("NotebookInstanceName", 63);
        var input = work.Pick(
            "InstanceType", "SubnetId", "SecurityGroupIds", "RoleArn", "KmsKeyId", "LifecycleConfigName", "DirectInternetAccess", "VolumeSizeInGB",
            "AcceleratorTypes", "DefaultCodeRepository", "AdditionalCodeRepositories", "RootAccess", "PlatformIdentifier", "InstanceMetadataServiceConfiguration");
        input["NotebookInstanceName"] = name;
        input["Tags"] = work.TagList();
        var arn = (await SageMakerCalls.CallAsync(work, "CreateNotebookInstance", input, cancel)).Required("NotebookInstanceArn");
        var made = new Made(arn, Attributes(("Id", arn), ("NotebookInstanceName", name)));
        work.Announce(made);
        await ReachAsync(work, name, "InService", cancel);
        return made;
    }

    /// <summary>A notebook is changed while it is stopped: CloudFormation stops it, changes it and starts it again.</summary>
    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var name = Name(work);
        if (ApiShape.Differs(before, work.Properties, "InstanceType", "RoleArn", "LifecycleConfigName", "VolumeSizeInGB", "RootAccess", "DefaultCodeRepository", "AdditionalCodeRepositories"))
        {
            var wasRunning = await StatusAsync(work, name, cancel) == "InService";
            if (wasRunning)
            {
                await SageMakerCalls.CallAsync(work, "StopNotebookInstance", new JsonObject { ["NotebookInstanceName"] = name }, cancel);
            }

            await ReachAsync(work, name, "Stopped", cancel);
            var input = work.Pick("InstanceType", "RoleArn", "LifecycleConfigName", "VolumeSizeInGB", "RootAccess", "DefaultCodeRepository", "AdditionalCodeRepositories");
            input["NotebookInstanceName"] = name;
            await SageMakerCalls.CallAsync(work, "UpdateNotebookInstance", input, cancel);
            await ReachAsync(work, name, "Stopped", cancel);
            if (wasRunning)
            {
                await SageMakerCalls.CallAsync(work, "StartNotebookInstance", new JsonObject { ["NotebookInstanceName"] = name }, cancel);
                await ReachAsync(work, name, "InService", cancel);
            }
        }

        await SageMakerCalls.CallAsync(work, "AddTags", new JsonObject { ["ResourceArn"] = work.Id, ["Tags"] = work.TagList() }, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override async Task DeleteAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = Name(work);
        await UnlessGone(async () =>
        {
            if (await StatusAsync(work, name, cancel) is "InService")
            {
                await SageMakerCalls.CallAsync(work, "StopNotebookInstance", new JsonObject { ["NotebookInstanceName"] = name }, cancel);
            }

            await work.WaitAsync(async () => await StatusAsync(work, name, cancel) is "Stopped" or "Failed" or null, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(30));
            await SageMakerCalls.CallAsync(work, "DeleteNotebookInstance", new JsonObject { ["NotebookInstanceName"] = name }, cancel);
            await work.WaitAsync(async () => await StatusAsync(work, name, cancel) is null, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(30));
        });
    }

    private static string Name(ResourceWork work) => work.Attributes.Required("NotebookInstanceName");

    private static Task ReachAsync(ResourceWork work, string name, string wanted, CancellationToken cancel) => work.WaitAsync(async () =>
    {
        var reply = await SageMakerCalls.CallAsync(work, "DescribeNotebookInstance", new JsonObject { ["NotebookInstanceName"] = name }, cancel);
        return reply.Text("NotebookInstanceStatus") switch
        {
            "Failed" => throw new AwsError("NotStabilized", $"Notebook instance {name} failed: {reply.Text("FailureReason")}"),
            var status => status == wanted,
        };
    }, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(45));

    private static async Task<string?> StatusAsync(ResourceWork work, string name, CancellationToken cancel)
    {
        try
        {
            return (await SageMakerCalls.CallAsync(work, "DescribeNotebookInstance", new JsonObject { ["NotebookInstanceName"] = name }, cancel)).Text("NotebookInstanceStatus");
        }
        catch (AwsError gone) when (gone.Message.Contains("RecordNotFound", StringComparison.Ordinal) || gone.Code.Contains("NotFound", StringComparison.Ordinal))
        {
            return null;
        }
    }
}

internal sealed class NotebookLifecycleHandler() : ResourceHandler("AWS::SageMaker::NotebookInstanceLifecycleConfig")
{
    public override string NameProperty => "NotebookInstanceLifecycleConfigName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("NotebookInstanceLifecycleConfigName", 63);
        var input = work.Pick("OnCreate", "OnStart");
        input["NotebookInstanceLifecycleConfigName"] = name;
        var arn = (await SageMakerCalls.CallAsync(work, "CreateNotebookInstanceLifecycleConfig", input, cancel)).Text("NotebookInstanceLifecycleConfigArn");
        return new Made(arn ?? name, Attributes(("Id", arn), ("NotebookInstanceLifecycleConfigName", name)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var input = work.Pick("OnCreate", "OnStart");
        input["NotebookInstanceLifecycleConfigName"] = work.Attributes.Text("NotebookInstanceLifecycleConfigName");
        await SageMakerCalls.CallAsync(work, "UpdateNotebookInstanceLifecycleConfig", input, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => SageMakerCalls.CallAsync(work, "DeleteNotebookInstanceLifecycleConfig",
        new JsonObject { ["NotebookInstanceLifecycleConfigName"] = work.Attributes.Text("NotebookInstanceLifecycleConfigName") }, cancel), "ValidationException");
}

internal static class SageMakerCalls
{
    public static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) => work.Call.JsonAsync("sagemaker", action, input, cancel);
}

internal sealed class ScheduleHandler() : ResourceHandler("AWS::Scheduler::Schedule")
{
    public override string NameProperty => "Name";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("Name");
        var arn = (await work.Call.RestJsonAsync("scheduler", HttpMethod.Post, $"/schedules/{name}", Input(work), cancel)).Text("ScheduleArn");
        return new Made(name, Attributes(("Arn", arn)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await work.Call.RestJsonAsync("scheduler", HttpMethod.Put, $"/schedules/{work.Id}", Input(work), cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => work.Call.RestJsonAsync(
        "scheduler", HttpMethod.Delete, $"/schedules/{work.Id}?groupName={work.Text("GroupName") ?? "default"}&clientToken={work.Suffix}", null, cancel));

    private static JsonObject Input(ResourceWork work)
    {
        var input = (JsonObject)work.Properties.DeepClone();
        input.Remove("Name");
        input["ClientToken"] = work.Suffix;
        return input;
    }
}

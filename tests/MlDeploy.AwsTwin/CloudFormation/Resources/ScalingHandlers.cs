using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class ScalingHandler(string type) : ResourceHandler($"AWS::ApplicationAutoScaling::{type}")
{
    protected static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.JsonAsync("application-autoscaling", action, input, cancel);
}

internal sealed class ScalableTargetHandler() : ScalingHandler("ScalableTarget")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        await CallAsync(work, "RegisterScalableTarget", work.Pick("ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity", "RoleARN", "SuspendedState"), cancel);
        foreach (var action in work.Properties.Objects("ScheduledActions"))
        {
            var input = Target(work);
            foreach (var (name, value) in action)
            {
                input[name] = value?.DeepClone();
            }

            await CallAsync(work, "PutScheduledAction", input, cancel);
        }

        var id = $"{work.Text("ResourceId")}|{work.Text("ScalableDimension")}|{work.Text("ServiceNamespace")}";
        return new Made(id, Attributes(("Id", id)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var (gone, _) = ApiShape.Difference(Names(before), Names(work.Properties));
        foreach (var name in gone)
        {
            var input = Target(work);
            input["ScheduledActionName"] = name;
            await UnlessGone(() => CallAsync(work, "DeleteScheduledAction", input, cancel));
        }

        return await CreateAsync(work, cancel);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => CallAsync(work, "DeregisterScalableTarget", Target(work), cancel));

    private static JsonObject Target(ResourceWork work) => work.Pick("ServiceNamespace", "ResourceId", "ScalableDimension");

    private static IEnumerable<string> Names(JsonObject properties) => properties.Objects("ScheduledActions").Select(action => action.Required("ScheduledActionName"));
}

internal sealed class ScalingPolicyHandler() : ScalingHandler("ScalingPolicy")
{
    public override string NameProperty => "PolicyName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = Named(work);
        foreach (var (name, value) in work.Pick("PolicyType", "StepScalingPolicyConfiguration", "TargetTrackingScalingPolicyConfiguration"))
        {
            input[name] = value?.DeepClone();
        }

        var arn = (await CallAsync(work, "PutScalingPolicy", input, cancel)).Required("PolicyARN");
        return new Made(arn, Attributes(("Arn", arn)));
    }

    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => CreateAsync(work, cancel);

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => CallAsync(work, "DeleteScalingPolicy", Named(work), cancel));

    private static JsonObject Named(ResourceWork work)
    {
        var target = work.Text("ScalingTargetId")?.Split('|');
        return new JsonObject
        {
            ["PolicyName"] = work.Text("PolicyName"),
            ["ResourceId"] = target?[0] ?? work.Text("ResourceId"),
            ["ScalableDimension"] = target?[1] ?? work.Text("ScalableDimension"),
            ["ServiceNamespace"] = target?[2] ?? work.Text("ServiceNamespace"),
        };
    }
}

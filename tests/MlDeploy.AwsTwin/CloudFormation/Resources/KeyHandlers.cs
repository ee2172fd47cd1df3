using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal sealed class KeyHandler() : ResourceHandler("AWS::KMS::Key")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = work.Pick("Description", "KeyUsage", "KeySpec", "MultiRegion", "Origin");
        input["Tags"] = Tags(work);
        if (work.Properties["KeyPolicy"] is { } policy)
        {
            input["Policy"] = ApiShape.Document(policy);
        }

        var key = (await KmsCalls.CallAsync(work, "CreateKey", input, cancel)).Object("KeyMetadata");
        var made = new Made(key.Required("KeyId"), Attributes(("KeyId", key.Text("KeyId")), ("Arn", key.Text("Arn"))));
        work.Announce(made);
        await RotateAsync(work, made.PhysicalId, cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "Description"))
        {
            await KmsCalls.CallAsync(work, "UpdateKeyDescription", new JsonObject { ["KeyId"] = work.Id, ["Description"] = work.Text("Description") ?? "" }, cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "KeyPolicy") && work.Properties["KeyPolicy"] is { } policy)
        {
            await KmsCalls.CallAsync(work, "PutKeyPolicy", new JsonObject { ["KeyId"] = work.Id, ["PolicyName"] = "default", ["Policy"] = ApiShape.Document(policy) }, cancel);
        }

        await RotateAsync(work, work.Id, cancel);
        await KmsCalls.CallAsync(work, "TagResource", new JsonObject { ["KeyId"] = work.Id, ["Tags"] = Tags(work) }, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => KmsCalls.CallAsync(work, "ScheduleKeyDeletion", new JsonObject
    {
        ["KeyId"] = work.Id, ["PendingWindowInDays"] = work.Properties.Whole("PendingWindowInDays") ?? 30,
    }, cancel));

    private static Task RotateAsync(ResourceWork work, string id, CancellationToken cancel) =>
        KmsCalls.CallAsync(work, work.Properties.Flag("EnableKeyRotation") == true ? "EnableKeyRotation" : "DisableKeyRotation", new JsonObject { ["KeyId"] = id }, cancel);

    private static JsonArray Tags(ResourceWork work) =>
        new([.. work.Tags.Select(tag => (JsonNode?)new JsonObject { ["TagKey"] = tag.Key, ["TagValue"] = tag.Value })]);
}

internal sealed class KeyAliasHandler() : ResourceHandler("AWS::KMS::Alias")
{
    public override string NameProperty => "AliasName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        await KmsCalls.CallAsync(work, "CreateAlias", work.Pick("AliasName", "TargetKeyId"), cancel);
        return new Made(work.Text("AliasName")!, []);
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await KmsCalls.CallAsync(work, "UpdateAlias", work.Pick("AliasName", "TargetKeyId"), cancel);
        return new Made(work.Id, []);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => KmsCalls.CallAsync(work, "DeleteAlias", new JsonObject { ["AliasName"] = work.Id }, cancel));
}

internal static class KmsCalls
{
    public static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) => work.Call.JsonAsync("kms", action, input, cancel);
}

using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal sealed class EcrRepositoryHandler() : ResourceHandler("AWS::ECR::Repository")
{
    public override string NameProperty => "RepositoryName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("RepositoryName", 256, lower: true);
        var input = new JsonObject { ["repositoryName"] = name, ["tags"] = work.TagList() };
        foreach (var property in new[] { "ImageTagMutability", "ImageScanningConfiguration", "EncryptionConfiguration", "ImageTagMutabilityExclusionFilters" }.Where(work.Properties.ContainsKey))
        {
            input[char.ToLowerInvariant(property[0]) + property[1..]] = Lowered(work.Properties[property]);
        }

        var repository = (await CallAsync(work, "CreateRepository", input, cancel)).Object("repository");
        var made = new Made(name, Attributes(("Arn", repository.Text("repositoryArn")), ("RepositoryUri", repository.Text("repositoryUri"))));
        work.Announce(made);
        await PoliciesAsync(work, name, [], cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "ImageTagMutability"))
        {
            await CallAsync(work, "PutImageTagMutability", new JsonObject { ["repositoryName"] = work.Id, ["imageTagMutability"] = work.Text("ImageTagMutability") ?? "MUTABLE" }, cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "ImageScanningConfiguration"))
        {
            await CallAsync(work, "PutImageScanningConfiguration", new JsonObject
            {
                ["repositoryName"] = work.Id, ["imageScanningConfiguration"] = Lowered(work.Properties["ImageScanningConfiguration"]) ?? new JsonObject { ["scanOnPush"] = false },
            }, cancel);
        }

        await PoliciesAsync(work, work.Id, before, cancel);
        var arn = work.Attributes.Required("Arn");
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "UntagResource", new JsonObject { ["resourceArn"] = arn, ["tagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "TagResource", new JsonObject { ["resourceArn"] = arn, ["tags"] = work.TagList() }, cancel);
        return new Made(work.Id, work.Attributes);
    }

    /// <summary>Fails on images left in it, unless `EmptyOnDelete`.</summary>
    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() =>
        CallAsync(work, "DeleteRepository", new JsonObject { ["repositoryName"] = work.Id, ["force"] = work.Properties.Flag("EmptyOnDelete") == true }, cancel));

    private static async Task PoliciesAsync(ResourceWork work, string name, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "LifecyclePolicy"))
        {
            await (work.Properties.Object("LifecyclePolicy").Text("LifecyclePolicyText") is { } text
                ? CallAsync(work, "PutLifecyclePolicy", new JsonObject { ["repositoryName"] = name, ["lifecyclePolicyText"] = text }, cancel)
                : CallAsync(work, "DeleteLifecyclePolicy", new JsonObject { ["repositoryName"] = name }, cancel));
        }

        if (ApiShape.Differs(before, work.Properties, "RepositoryPolicyText"))
        {
            await (work.Properties["RepositoryPolicyText"] is { } policy
                ? CallAsync(work, "SetRepositoryPolicy", new JsonObject { ["repositoryName"] = name, ["policyText"] = ApiShape.Document(policy) }, cancel)
                : CallAsync(work, "DeleteRepositoryPolicy", new JsonObject { ["repositoryName"] = name }, cancel));
        }
    }

    private static JsonNode? Lowered(JsonNode? node) => ApiShape.Camel(node);

    private static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) => work.Call.JsonAsync("ecr", action, input, cancel);
}

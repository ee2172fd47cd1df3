using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

/// <summary>What EC2's resources have in common: form calls, and tags by resource id.</summary>
internal abstract class Ec2Handler(string type) : ResourceHandler($"AWS::EC2::{type}")
{
    protected static async Task<XElement> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        await work.Call.QueryAsync("ec2", action, input, cancel);

    /// <param name="kind">EC2's word for the resource, as `route-table`.</param>
    protected static JsonObject Tagged(ResourceWork work, string kind, JsonObject input)
    {
        input["TagSpecification"] = new JsonArray(new JsonObject { ["ResourceType"] = kind, ["Tag"] = Ours(work) });
        return input;
    }

    protected static async Task RetagAsync(ResourceWork work, string id, CancellationToken cancel)
    {
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "DeleteTags", new JsonObject { ["ResourceId"] = new JsonArray(id), ["Tag"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)new JsonObject { ["Key"] = key })]) }, cancel);
        }

        await CallAsync(work, "CreateTags", new JsonObject { ["ResourceId"] = new JsonArray(id), ["Tag"] = Ours(work) }, cancel);
    }

    protected static string Value(XElement reply, string name) => reply.Descendants(name).First().Value;

    private static JsonArray Ours(ResourceWork work) => work.TagList();
}

/// <summary>A resource that is never changed in place but for its tags.</summary>
internal abstract class FixedEc2Handler(string type) : Ec2Handler(type)
{
    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await RetagAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }
}

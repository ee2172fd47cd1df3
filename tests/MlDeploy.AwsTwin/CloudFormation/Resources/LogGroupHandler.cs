using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal sealed class LogGroupHandler() : ResourceHandler("AWS::Logs::LogGroup")
{
    public override string NameProperty => "LogGroupName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("LogGroupName", 512);
        var input = new JsonObject { ["logGroupName"] = name, ["tags"] = work.TagMap() };
        if (work.Text("KmsKeyId") is { } key)
        {
            input["kmsKeyId"] = key;
        }

        await CallAsync(work, "CreateLogGroup", input, cancel);
        var made = new Made(name, Attributes(("Arn", $"arn:{TwinAccount.Partition}:logs:{work.Region}:{TwinAccount.Id}:log-group:{name}:*")));
        work.Announce(made);
        await RetainAsync(work, name, cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await RetainAsync(work, work.Id, cancel);
        var arn = work.Attributes.Required("Arn")[..^2];
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "UntagResource", new JsonObject { ["resourceArn"] = arn, ["tagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "TagResource", new JsonObject { ["resourceArn"] = arn, ["tags"] = work.TagMap() }, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteLogGroup", new JsonObject { ["logGroupName"] = work.Id }, cancel));

    private static Task RetainAsync(ResourceWork work, string name, CancellationToken cancel) => work.Properties.Whole("RetentionInDays") is { } days
        ? CallAsync(work, "PutRetentionPolicy", new JsonObject { ["logGroupName"] = name, ["retentionInDays"] = days }, cancel)
        : CallAsync(work, "DeleteRetentionPolicy", new JsonObject { ["logGroupName"] = name }, cancel);

    private static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) => work.Call.JsonAsync("logs", action, input, cancel);
}

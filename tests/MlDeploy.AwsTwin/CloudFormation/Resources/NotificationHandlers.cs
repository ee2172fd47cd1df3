using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class SnsHandler(string type) : ResourceHandler($"AWS::SNS::{type}")
{
    protected static Task<XElement> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.QueryAsync("sns", action, input, cancel);

    protected static Task SetAsync(ResourceWork work, string topic, string name, string value, CancellationToken cancel) =>
        CallAsync(work, "SetTopicAttributes", new JsonObject { ["TopicArn"] = topic, ["AttributeName"] = name, ["AttributeValue"] = value }, cancel);
}

internal sealed class TopicHandler() : SnsHandler("Topic")
{
    private static readonly string[] Settings = ["DisplayName", "KmsMasterKeyId", "ContentBasedDeduplication", "SignatureVersion", "TracingConfig", "ArchivePolicy"];

    public override string NameProperty => "TopicName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("TopicName", 256);
        var reply = await CallAsync(work, "CreateTopic", new JsonObject { ["Name"] = name, ["Tags"] = work.TagList() }, cancel);
        var arn = reply.Descendants("TopicArn").First().Value;
        var made = new Made(arn, Attributes(("TopicArn", arn), ("TopicName", name)));
        work.Announce(made);
        await ApplyAsync(work, arn, [], cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await ApplyAsync(work, work.Id, before, cancel);
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "UntagResource", new JsonObject { ["ResourceArn"] = work.Id, ["TagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "TagResource", new JsonObject { ["ResourceArn"] = work.Id, ["Tags"] = work.TagList() }, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override async Task DeleteAsync(ResourceWork work, CancellationToken cancel)
    {
        foreach (var subscription in await InlineAsync(work, work.Properties, cancel))
        {
            await UnlessGone(() => CallAsync(work, "Unsubscribe", new JsonObject { ["SubscriptionArn"] = subscription }, cancel));
        }

        await UnlessGone(() => CallAsync(work, "DeleteTopic", new JsonObject { ["TopicArn"] = work.Id }, cancel));
    }

    private static async Task ApplyAsync(ResourceWork work, string arn, JsonObject before, CancellationToken cancel)
    {
        foreach (var name in Settings.Where(name => ApiShape.Differs(before, work.Properties, name)))
        {
            await SetAsync(work, arn, name, work.Properties[name] is { } value ? ApiShape.Document(value) : "", cancel);
        }

        foreach (var added in work.Properties.Objects("Subscription").Where(one => !before.Objects("Subscription").Any(old => JsonNode.DeepEquals(one, old))))
        {
            await CallAsync(work, "Subscribe", new JsonObject { ["TopicArn"] = arn, ["Protocol"] = added.Text("Protocol"), ["Endpoint"] = added.Text("Endpoint"), ["ReturnSubscriptionArn"] = true }, cancel);
        }

        var gone = new JsonObject
        {
            ["Subscription"] = new JsonArray([.. before.Objects("Subscription").Where(old => !work.Properties.Objects("Subscription").Any(one => JsonNode.DeepEquals(one, old))).Select(old => old.DeepClone())]),
        };
        foreach (var subscription in gone.Objects("Subscription").Any() ? await InlineAsync(work, gone, cancel) : [])
        {
            await UnlessGone(() => CallAsync(work, "Unsubscribe", new JsonObject { ["SubscriptionArn"] = subscription }, cancel));
        }
    }

    /// <summary>ARNs of the subscriptions that stand in the topic's own properties.</summary>
    private static async Task<List<string>> InlineAsync(ResourceWork work, JsonObject properties, CancellationToken cancel)
    {
        if (!properties.Objects("Subscription").Any() || work.PhysicalId is null)
        {
            return [];
        }

        var reply = await CallAsync(work, "ListSubscriptionsByTopic", new JsonObject { ["TopicArn"] = work.Id }, cancel);
        return
        [
            .. reply.Descendants("member")
                .Where(one => properties.Objects("Subscription").Any(wanted => wanted.Text("Endpoint") == one.Element("Endpoint")?.Value && wanted.Text("Protocol") == one.Element("Protocol")?.Value))
                .Select(one => one.Element("SubscriptionArn")!.Value),
        ];
    }
}

internal sealed class SubscriptionHandler() : SnsHandler("Subscription")
{
    private static readonly string[] Settings = ["FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "DeliveryPolicy", "RedrivePolicy", "SubscriptionRoleArn"];

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = work.Pick("TopicArn", "Protocol", "Endpoint");
        input["ReturnSubscriptionArn"] = true;
        var arn = (await CallAsync(work, "Subscribe", input, cancel)).Descendants("SubscriptionArn").First().Value;
        var made = new Made(arn, Attributes(("Arn", arn)));
        work.Announce(made);
        await ApplyAsync(work, arn, [], cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await ApplyAsync(work, work.Id, before, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "Unsubscribe", new JsonObject { ["SubscriptionArn"] = work.Id }, cancel));

    private static async Task ApplyAsync(ResourceWork work, string arn, JsonObject before, CancellationToken cancel)
    {
        foreach (var name in Settings.Where(name => ApiShape.Differs(before, work.Properties, name)))
        {
            await CallAsync(work, "SetSubscriptionAttributes", new JsonObject
            {
                ["SubscriptionArn"] = arn, ["AttributeName"] = name, ["AttributeValue"] = work.Properties[name] is { } value ? ApiShape.Document(value) : "",
            }, cancel);
        }
    }
}

internal sealed class TopicPolicyHandler() : SnsHandler("TopicPolicy")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        foreach (var topic in work.Properties.Texts("Topics"))
        {
            await SetAsync(work, topic, "Policy", ApiShape.Document(work.Properties["PolicyDocument"]!), cancel);
        }

        var id = work.PhysicalId ?? $"{work.StackName}-{work.LogicalId}-{work.Suffix}";
        return new Made(id, Attributes(("Id", id)));
    }

    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => CreateAsync(work, cancel);

    /// <summary>The topic falls back to the policy it was born with.</summary>
    public override async Task DeleteAsync(ResourceWork work, CancellationToken cancel)
    {
        foreach (var topic in work.Properties.Texts("Topics"))
        {
            var original = new JsonObject
            {
                ["Version"] = "2008-10-17",
                ["Id"] = "__default_policy_ID",
                ["Statement"] = new JsonArray(new JsonObject
                {
                    ["Sid"] = "__default_statement_ID",
                    ["Effect"] = "Allow",
                    ["Principal"] = new JsonObject { ["AWS"] = "*" },
                    ["Action"] = new JsonArray("SNS:Publish", "SNS:Subscribe"),
                    ["Resource"] = topic,
                    ["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { ["AWS:SourceOwner"] = TwinAccount.Id } },
                }),
            };
            await UnlessGone(() => SetAsync(work, topic, "Policy", original.ToJsonString(), cancel));
        }
    }
}

internal sealed class EventRuleHandler() : ResourceHandler("AWS::Events::Rule")
{
    public override string NameProperty => "Name";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.PhysicalId ?? work.Name("Name");
        var input = work.Pick("Description", "EventBusName", "RoleArn", "ScheduleExpression", "State");
        input["Name"] = name;
        if (work.Properties["EventPattern"] is { } pattern)
        {
            input["EventPattern"] = ApiShape.Document(pattern);
        }

        if (work.PhysicalId is null)
        {
            input["Tags"] = work.TagList();
        }

        var arn = (await CallAsync(work, "PutRule", input, cancel)).Text("RuleArn");
        var made = new Made(name, Attributes(("Arn", arn)));
        work.Announce(made);
        if (work.Properties["Targets"] is JsonArray { Count: > 0 } targets)
        {
            var put = Rule(work, name);
            put["Targets"] = targets.DeepClone();
            await CallAsync(work, "PutTargets", put, cancel);
        }

        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var (gone, _) = ApiShape.Difference(Ids(before), Ids(work.Properties));
        await RemoveAsync(work, gone, cancel);
        return await CreateAsync(work, cancel);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(async () =>
    {
        await RemoveAsync(work, [.. Ids(work.Properties)], cancel);
        var input = work.Pick("EventBusName");
        input["Name"] = work.Id;
        await CallAsync(work, "DeleteRule", input, cancel);
    });

    private static async Task RemoveAsync(ResourceWork work, List<string> ids, CancellationToken cancel)
    {
        if (ids.Count > 0)
        {
            var input = Rule(work, work.Id);
            input["Ids"] = new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
            await CallAsync(work, "RemoveTargets", input, cancel);
        }
    }

    private static JsonObject Rule(ResourceWork work, string name)
    {
        var bus = work.Pick("EventBusName");
        bus["Rule"] = name;
        return bus;
    }

    private static IEnumerable<string> Ids(JsonObject properties) => properties.Objects("Targets").Select(target => target.Required("Id"));

    private static Task<JsonObject> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) => work.Call.JsonAsync("events", action, input, cancel);
}

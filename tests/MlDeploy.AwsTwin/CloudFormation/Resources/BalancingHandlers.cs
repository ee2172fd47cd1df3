using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

/// <summary>What elastic load balancing's resources have in common.</summary>
internal abstract class BalancingHandler(string type) : ResourceHandler($"AWS::ElasticLoadBalancingV2::{type}")
{
    protected static Task<XElement> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.QueryAsync("elasticloadbalancing", action, input, cancel);

    protected static async Task RetagAsync(ResourceWork work, CancellationToken cancel)
    {
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "RemoveTags", new JsonObject { ["ResourceArns"] = new JsonArray(work.Id), ["TagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "AddTags", new JsonObject { ["ResourceArns"] = new JsonArray(work.Id), ["Tags"] = work.TagList() }, cancel);
    }

    protected static JsonObject With(JsonObject input, params (string Name, JsonNode? Value)[] more)
    {
        foreach (var (name, value) in more)
        {
            input[name] = value;
        }

        return input;
    }

    /// <summary>`app/name/1234` of an ARN.</summary>
    protected static string Tail(string arn, string after) => arn[(arn.IndexOf(after, StringComparison.Ordinal) + after.Length)..];
}

internal sealed class LoadBalancerHandler() : BalancingHandler("LoadBalancer")
{
    public override string NameProperty => "Name";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "CreateLoadBalancer", With(
            work.Pick("Subnets", "SubnetMappings", "SecurityGroups", "Scheme", "Type", "IpAddressType"), ("Name", work.Name("Name", 32)), ("Tags", work.TagList())), cancel);
        string Field(string name) => reply.Descendants(name).First().Value;
        var arn = Field("LoadBalancerArn");
        var made = new Made(arn, Attributes(
            ("LoadBalancerArn", arn), ("DNSName", Field("DNSName")), ("CanonicalHostedZoneID", Field("CanonicalHostedZoneId")),
            ("LoadBalancerName", Field("LoadBalancerName")), ("LoadBalancerFullName", Tail(arn, ":loadbalancer/")),
            ("SecurityGroups", work.Properties["SecurityGroups"])));
        work.Announce(made);
        await SetAttributesAsync(work, arn, cancel);
        await work.WaitAsync(async () =>
        {
            var now = await CallAsync(work, "DescribeLoadBalancers", new JsonObject { ["LoadBalancerArns"] = new JsonArray(arn) }, cancel);
            return now.Descendants("State").First().Element("Code")!.Value is "active" or "provisioning";
        }, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(15));
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "SecurityGroups"))
        {
            await CallAsync(work, "SetSecurityGroups", With(work.Pick("SecurityGroups"), ("LoadBalancerArn", work.Id)), cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "Subnets", "SubnetMappings"))
        {
            await CallAsync(work, "SetSubnets", With(work.Pick("Subnets", "SubnetMappings"), ("LoadBalancerArn", work.Id)), cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "IpAddressType"))
        {
            await CallAsync(work, "SetIpAddressType", With(work.Pick("IpAddressType"), ("LoadBalancerArn", work.Id)), cancel);
        }

        await SetAttributesAsync(work, work.Id, cancel);
        await RetagAsync(work, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteLoadBalancer", new JsonObject { ["LoadBalancerArn"] = work.Id }, cancel));

    private static async Task SetAttributesAsync(ResourceWork work, string arn, CancellationToken cancel)
    {
        if (work.Properties["LoadBalancerAttributes"] is JsonArray { Count: > 0 } attributes)
        {
            await CallAsync(work, "ModifyLoadBalancerAttributes", new JsonObject { ["LoadBalancerArn"] = arn, ["Attributes"] = attributes.DeepClone() }, cancel);
        }
    }
}

internal sealed class ListenerHandler() : BalancingHandler("Listener")
{
    private static readonly string[] Fields = ["Port", "Protocol", "SslPolicy", "Certificates", "DefaultActions", "AlpnPolicy", "MutualAuthentication"];

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "CreateListener", With(work.Pick([.. Fields, "LoadBalancerArn"])), cancel);
        var arn = reply.Descendants("ListenerArn").First().Value;
        return new Made(arn, Attributes(("ListenerArn", arn)));
    }

    /// <summary>Everything is sent again, default actions included: whatever a deployment shifted meanwhile is put back.</summary>
    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await CallAsync(work, "ModifyListener", With(work.Pick(Fields), ("ListenerArn", work.Id)), cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteListener", new JsonObject { ["ListenerArn"] = work.Id }, cancel));
}

internal sealed class ListenerRuleHandler() : BalancingHandler("ListenerRule")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "CreateRule", work.Pick("ListenerArn", "Priority", "Conditions", "Actions"), cancel);
        var arn = reply.Descendants("RuleArn").First().Value;
        return new Made(arn, Attributes(("RuleArn", arn), ("IsDefault", false)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await CallAsync(work, "ModifyRule", With(work.Pick("Conditions", "Actions"), ("RuleArn", work.Id)), cancel);
        if (ApiShape.Differs(before, work.Properties, "Priority"))
        {
            await CallAsync(work, "SetRulePriorities", new JsonObject { ["RulePriorities"] = new JsonArray(new JsonObject { ["RuleArn"] = work.Id, ["Priority"] = work.Text("Priority") }) }, cancel);
        }

        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteRule", new JsonObject { ["RuleArn"] = work.Id }, cancel));
}

internal sealed class TargetGroupHandler() : BalancingHandler("TargetGroup")
{
    private static readonly string[] Changeable =
        ["HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath", "HealthCheckPort", "HealthCheckProtocol", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount", "Matcher"];

    public override string NameProperty => "Name";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "CreateTargetGroup", With(
            work.Pick([.. Changeable, "Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType", "IpAddressType"]), ("Name", work.Name("Name", 32)), ("Tags", work.TagList())), cancel);
        var arn = reply.Descendants("TargetGroupArn").First().Value;
        var full = Tail(arn, $"{TwinAccount.Id}:");
        var made = new Made(arn, Attributes(
            ("TargetGroupArn", arn), ("TargetGroupName", full.Split('/')[1]), ("TargetGroupFullName", full), ("LoadBalancerArns", new JsonArray())));
        work.Announce(made);
        await SetAttributesAsync(work, arn, cancel);
        if (work.Properties["Targets"] is JsonArray { Count: > 0 } targets)
        {
            await CallAsync(work, "RegisterTargets", new JsonObject { ["TargetGroupArn"] = arn, ["Targets"] = targets.DeepClone() }, cancel);
        }

        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await CallAsync(work, "ModifyTargetGroup", With(work.Pick(Changeable), ("TargetGroupArn", work.Id)), cancel);
        await SetAttributesAsync(work, work.Id, cancel);
        await RetagAsync(work, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteTargetGroup", new JsonObject { ["TargetGroupArn"] = work.Id }, cancel));

    private static async Task SetAttributesAsync(ResourceWork work, string arn, CancellationToken cancel)
    {
        if (work.Properties["TargetGroupAttributes"] is JsonArray { Count: > 0 } attributes)
        {
            await CallAsync(work, "ModifyTargetGroupAttributes", new JsonObject { ["TargetGroupArn"] = arn, ["Attributes"] = attributes.DeepClone() }, cancel);
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>Reads what moto keeps of ELBv2 in a region into the records of the data plane.</summary>
internal static class RecordReader
{
    public static async Task<Configuration> ReadAsync(TwinCaller records, CancellationToken cancel)
    {
        var balancers = (await MembersAsync("DescribeLoadBalancers", [], "LoadBalancers")).Select(each =>
            new LoadBalancer(Field(each, "LoadBalancerArn")!, Field(each, "LoadBalancerName")!, Field(each, "Scheme") ?? "internet-facing")).ToImmutableArray();
        var groups = ImmutableDictionary.CreateBuilder<string, TargetGroup>();
        foreach (var group in await MembersAsync("DescribeTargetGroups", [], "TargetGroups"))
        {
            var arn = Field(group, "TargetGroupArn")!;
            var attributes = (await MembersAsync("DescribeTargetGroupAttributes", new JsonObject { ["TargetGroupArn"] = arn }, "Attributes"))
                .ToDictionary(each => Field(each, "Key")!, each => Field(each, "Value") ?? "");
            groups[arn] = Group(group, attributes);
        }

        var listeners = ImmutableArray.CreateBuilder<Listener>();
        foreach (var balancer in balancers)
        {
            foreach (var listener in await MembersAsync("DescribeListeners", new JsonObject { ["LoadBalancerArn"] = balancer.Arn }, "Listeners"))
            {
                var arn = Field(listener, "ListenerArn")!;
                var rules = (await MembersAsync("DescribeRules", new JsonObject { ["ListenerArn"] = arn }, "Rules")).Select(Rule).OrderBy(rule => rule.Priority);
                listeners.Add(new Listener(arn, balancer.Arn, int.Parse(Field(listener, "Port") ?? "0"), Field(listener, "Protocol") ?? "HTTP", [.. rules]));
            }
        }

        return new Configuration(balancers.ToImmutableDictionary(each => each.Arn), listeners.ToImmutable(), groups.ToImmutable());

        async Task<IEnumerable<XElement>> MembersAsync(string action, JsonObject input, string list) =>
            Members((await records.QueryAsync("elasticloadbalancing", action, input, cancel)).Descendants(list).FirstOrDefault());
    }

    private static TargetGroup Group(XElement group, Dictionary<string, string> attributes)
    {
        var check = new HealthCheck(
            Field(group, "HealthCheckPath") ?? "/",
            int.TryParse(Field(group, "HealthCheckPort"), out var port) ? port : null,
            Seconds("HealthCheckIntervalSeconds", 30),
            Seconds("HealthCheckTimeoutSeconds", 5),
            Whole("HealthyThresholdCount", 5),
            Whole("UnhealthyThresholdCount", 2),
            group.Element("Matcher")?.Element("HttpCode")?.Value ?? "200");
        var delay = attributes.TryGetValue("deregistration_delay.timeout_seconds", out var text) && double.TryParse(text, out var seconds) ? seconds : 300;
        return new TargetGroup(
            Field(group, "TargetGroupArn")!, Field(group, "TargetGroupName")!, Field(group, "TargetType") ?? "instance", Whole("Port", 80), check, TimeSpan.FromSeconds(delay));

        int Whole(string name, int otherwise) => int.TryParse(Field(group, name), out var value) ? value : otherwise;
        TimeSpan Seconds(string name, int otherwise) => TimeSpan.FromSeconds(Whole(name, otherwise));
    }

    private static ListenerRule Rule(XElement rule)
    {
        var priority = int.TryParse(Field(rule, "Priority"), out var number) ? number : int.MaxValue;
        // Authentication may come first; what answers is always the last.
        var action = Members(rule.Element("Actions")).OrderBy(each => int.TryParse(Field(each, "Order"), out var order) ? order : 0).Last();
        return new ListenerRule(priority, priority == int.MaxValue ? [] : [.. Members(rule.Element("Conditions")).Select(Condition)], Action(action));
    }

    private static RuleAction Action(XElement action)
    {
        switch (Field(action, "Type"))
        {
            case "forward":
                var groups = Members(action.Element("ForwardConfig")?.Element("TargetGroups"))
                    .Select(each => new WeightedGroup(Field(each, "TargetGroupArn")!, int.TryParse(Field(each, "Weight"), out var weight) ? weight : 1))
                    .ToImmutableArray();
                return new ForwardAction(groups.IsEmpty && Field(action, "TargetGroupArn") is { } arn ? [new WeightedGroup(arn, 1)] : groups);
            case "fixed-response" when action.Element("FixedResponseConfig") is { } answer:
                return new FixedResponseAction(int.Parse(Field(answer, "StatusCode") ?? "200"), Field(answer, "ContentType"), Field(answer, "MessageBody"));
            case "redirect" when action.Element("RedirectConfig") is { } redirect:
                return new RedirectAction(
                    Field(redirect, "StatusCode") == "HTTP_301" ? 301 : 302,
                    Field(redirect, "Protocol") ?? "#{protocol}",
                    Field(redirect, "Host") ?? "#{host}",
                    Field(redirect, "Port") ?? "#{port}",
                    Field(redirect, "Path") ?? "/#{path}",
                    Field(redirect, "Query") ?? "#{query}");
            case var other:
                return new UnknownAction(other ?? "");
        }
    }

    private static RuleCondition Condition(XElement condition)
    {
        var field = Field(condition, "Field") ?? "";
        var config = condition.Elements().FirstOrDefault(each => each.Name.LocalName.EndsWith("Config", StringComparison.Ordinal) && each.HasElements);
        IEnumerable<string> values = field == "query-string"
            ? Members(config?.Element("Values")).Select(pair => Field(pair, "Key") is { } key ? $"{key}={Field(pair, "Value")}" : Field(pair, "Value") ?? "")
            : Members(config?.Element("Values") ?? condition.Element("Values")).Select(value => value.Value);
        return new RuleCondition(field, config is null ? null : Field(config, "HttpHeaderName"), [.. values]);
    }

    private static IEnumerable<XElement> Members(XElement? list) => list?.Elements("member") ?? [];

    private static string? Field(XElement element, string name) => element.Element(name)?.Value is { Length: > 0 } value ? value : null;
}

using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>
/// Moves traffic between the two target groups of a deployment: every rule of a listener, its default included, that forwards to
/// one of them gets both with their weights, by ordinary ModifyListener and ModifyRule calls.
/// </summary>
internal sealed class ListenerTraffic(TwinContext context, string region, string blueGroup, string greenGroup)
{
    /// <param name="green">Percent to the replacement's group.</param>
    /// <exception cref="AwsError"/>
    public async Task SetAsync(IEnumerable<string> listeners, int green)
    {
        using var caller = context.Caller("codedeploy", region);
        foreach (var listener in listeners)
        {
            foreach (var (arn, isDefault) in await RulesAsync(caller, listener))
            {
                var actions = new JsonArray(new JsonObject
                {
                    ["Type"] = "forward",
                    ["ForwardConfig"] = new JsonObject
                    {
                        ["TargetGroups"] = context.Options.Deployments.ListsReplacementFirst
                            ? new JsonArray(Weighted(greenGroup, green), Weighted(blueGroup, 100 - green))
                            : new JsonArray(Weighted(blueGroup, 100 - green), Weighted(greenGroup, green)),
                    },
                });
                await (isDefault
                    ? caller.QueryAsync("elasticloadbalancing", "ModifyListener", new JsonObject { ["ListenerArn"] = listener, ["DefaultActions"] = actions }, context.Ending)
                    : caller.QueryAsync("elasticloadbalancing", "ModifyRule", new JsonObject { ["RuleArn"] = arn, ["Actions"] = actions }, context.Ending));
            }
        }
    }

    /// <summary>Whether a listener sends anything to the original's group.</summary>
    public async Task<bool> LeadsToBlueAsync(string listener)
    {
        using var caller = context.Caller("codedeploy", region);
        var rules = await caller.QueryAsync("elasticloadbalancing", "DescribeRules", new JsonObject { ["ListenerArn"] = listener }, context.Ending);
        return rules.Descendants("TargetGroupArn").Any(arn => arn.Value == blueGroup);
    }

    private async Task<List<(string Arn, bool IsDefault)>> RulesAsync(TwinCaller caller, string listener)
    {
        var rules = await caller.QueryAsync("elasticloadbalancing", "DescribeRules", new JsonObject { ["ListenerArn"] = listener }, context.Ending);
        return
        [
            .. rules.Descendants("Rules").Elements("member").Where(Forwards)
                .Select(rule => (rule.Element("RuleArn")!.Value, string.Equals(rule.Element("IsDefault")?.Value, "true", StringComparison.OrdinalIgnoreCase))),
        ];
    }

    private bool Forwards(XElement rule) => rule.Descendants("TargetGroupArn").Any(arn => arn.Value == blueGroup || arn.Value == greenGroup);

    private static JsonObject Weighted(string group, int weight) => new() { ["TargetGroupArn"] = group, ["Weight"] = weight };
}

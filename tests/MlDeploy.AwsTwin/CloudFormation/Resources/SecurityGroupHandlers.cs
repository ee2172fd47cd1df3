using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal sealed class SecurityGroupHandler() : Ec2Handler("SecurityGroup")
{
    public override string NameProperty => "GroupName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = new JsonObject { ["GroupName"] = work.Name("GroupName", 255), ["GroupDescription"] = work.Text("GroupDescription"), ["VpcId"] = work.Text("VpcId") };
        var id = Value(await CallAsync(work, "CreateSecurityGroup", Tagged(work, "security-group", input), cancel), "groupId");
        var made = new Made(id, Attributes(("GroupId", id), ("Id", id), ("VpcId", work.Text("VpcId"))));
        work.Announce(made);
        foreach (var rule in work.Properties.Objects("SecurityGroupIngress"))
        {
            await SecurityRules.AuthorizeAsync(work, "Ingress", id, rule, cancel);
        }

        var egress = work.Properties.Objects("SecurityGroupEgress").ToList();
        if (egress.Count > 0)
        {
            // A group is born with "everything out"; rules of one's own take its place.
            await SecurityRules.RevokeAsync(work, "Egress", id, new JsonObject { ["IpProtocol"] = "-1", ["CidrIp"] = "0.0.0.0/0" }, cancel);
        }

        foreach (var rule in egress)
        {
            await SecurityRules.AuthorizeAsync(work, "Egress", id, rule, cancel);
        }

        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        foreach (var direction in new[] { "Ingress", "Egress" })
        {
            var old = before.Objects($"SecurityGroup{direction}").ToList();
            var now = work.Properties.Objects($"SecurityGroup{direction}").ToList();
            foreach (var gone in old.Where(rule => !now.Exists(other => JsonNode.DeepEquals(rule, other))))
            {
                await UnlessGone(() => SecurityRules.RevokeAsync(work, direction, work.Id, gone, cancel));
            }

            foreach (var added in now.Where(rule => !old.Exists(other => JsonNode.DeepEquals(rule, other))))
            {
                await SecurityRules.AuthorizeAsync(work, direction, work.Id, added, cancel);
            }
        }

        await RetagAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteSecurityGroup", new JsonObject { ["GroupId"] = work.Id }, cancel));
}

internal sealed class SecurityGroupRuleHandler(string direction) : Ec2Handler($"SecurityGroup{direction}")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var id = await SecurityRules.AuthorizeAsync(work, direction, work.Text("GroupId")!, work.Properties, cancel) ?? $"sgr-{work.Suffix.ToLowerInvariant()}";
        return new Made(id, Attributes(("Id", id)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await SecurityRules.RevokeAsync(work, direction, work.Text("GroupId")!, before, cancel);
        return await CreateAsync(work, cancel);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => SecurityRules.RevokeAsync(work, direction, work.Text("GroupId")!, work.Properties, cancel));
}

/// <summary>One rule of a group, from CloudFormation's flat shape to EC2's.</summary>
internal static class SecurityRules
{
    public static async Task<string?> AuthorizeAsync(ResourceWork work, string direction, string group, JsonObject rule, CancellationToken cancel)
    {
        var reply = await work.Call.QueryAsync("ec2", $"AuthorizeSecurityGroup{direction}", Permissions(group, rule), cancel);
        return reply.Descendants("securityGroupRuleId").FirstOrDefault()?.Value;
    }

    public static Task RevokeAsync(ResourceWork work, string direction, string group, JsonObject rule, CancellationToken cancel) =>
        work.Call.QueryAsync("ec2", $"RevokeSecurityGroup{direction}", Permissions(group, rule), cancel);

    private static JsonObject Permissions(string group, JsonObject rule)
    {
        var permission = new JsonObject { ["IpProtocol"] = rule.Text("IpProtocol") };
        foreach (var port in new[] { "FromPort", "ToPort" }.Where(rule.ContainsKey))
        {
            permission[port] = rule.Text(port);
        }

        var description = rule.Text("Description");
        void Add(string list, string field, string? value)
        {
            if (value is not null)
            {
                var entry = new JsonObject { [field] = value };
                if (description is not null)
                {
                    entry["Description"] = description;
                }

                permission[list] = new JsonArray(entry);
            }
        }

        Add("IpRanges", "CidrIp", rule.Text("CidrIp"));
        Add("Ipv6Ranges", "CidrIpv6", rule.Text("CidrIpv6"));
        Add("Groups", "GroupId", rule.Text("SourceSecurityGroupId") ?? rule.Text("DestinationSecurityGroupId"));
        Add("PrefixListIds", "PrefixListId", rule.Text("SourcePrefixListId") ?? rule.Text("DestinationPrefixListId"));
        return new JsonObject { ["GroupId"] = group, ["IpPermissions"] = new JsonArray(permission) };
    }
}

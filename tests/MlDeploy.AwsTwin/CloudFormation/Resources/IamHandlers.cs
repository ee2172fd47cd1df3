using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class IamHandler(string type) : ResourceHandler($"AWS::IAM::{type}")
{
    protected static Task<XElement> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.QueryAsync("iam", action, input, cancel);

    protected static async Task AttachAsync(ResourceWork work, string role, IEnumerable<string> gone, IEnumerable<string> added, CancellationToken cancel)
    {
        foreach (var policy in gone)
        {
            await UnlessGone(() => CallAsync(work, "DetachRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyArn"] = policy }, cancel));
        }

        foreach (var policy in added)
        {
            await CallAsync(work, "AttachRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyArn"] = policy }, cancel);
        }
    }
}

internal sealed class RoleHandler() : IamHandler("Role")
{
    public override string NameProperty => "RoleName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("RoleName");
        var input = work.Pick("Path", "Description", "MaxSessionDuration", "PermissionsBoundary");
        input["RoleName"] = name;
        input["AssumeRolePolicyDocument"] = ApiShape.Document(work.Properties["AssumeRolePolicyDocument"]!);
        input["Tags"] = work.TagList();
        var role = await CallAsync(work, "CreateRole", input, cancel);
        var made = new Made(name, Attributes(("Arn", role.Descendants("Arn").First().Value), ("RoleId", role.Descendants("RoleId").First().Value)));
        work.Announce(made);
        await AttachAsync(work, name, [], work.Properties.Texts("ManagedPolicyArns"), cancel);
        await PutPoliciesAsync(work, name, [], cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "AssumeRolePolicyDocument"))
        {
            await CallAsync(work, "UpdateAssumeRolePolicy", new JsonObject { ["RoleName"] = work.Id, ["PolicyDocument"] = ApiShape.Document(work.Properties["AssumeRolePolicyDocument"]!) }, cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "Description", "MaxSessionDuration"))
        {
            var input = work.Pick("Description", "MaxSessionDuration");
            input["RoleName"] = work.Id;
            await CallAsync(work, "UpdateRole", input, cancel);
        }

        if (ApiShape.Differs(before, work.Properties, "PermissionsBoundary"))
        {
            await (work.Text("PermissionsBoundary") is { } boundary
                ? CallAsync(work, "PutRolePermissionsBoundary", new JsonObject { ["RoleName"] = work.Id, ["PermissionsBoundary"] = boundary }, cancel)
                : CallAsync(work, "DeleteRolePermissionsBoundary", new JsonObject { ["RoleName"] = work.Id }, cancel));
        }

        var (gone, added) = ApiShape.Difference(before.Texts("ManagedPolicyArns"), work.Properties.Texts("ManagedPolicyArns"));
        await AttachAsync(work, work.Id, gone, added, cancel);
        await PutPoliciesAsync(work, work.Id, before.Objects("Policies").Select(policy => policy.Required("PolicyName")), cancel);
        if (work.GoneTags.Length > 0)
        {
            await CallAsync(work, "UntagRole", new JsonObject { ["RoleName"] = work.Id, ["TagKeys"] = new JsonArray([.. work.GoneTags.Select(key => (JsonNode?)key)]) }, cancel);
        }

        await CallAsync(work, "TagRole", new JsonObject { ["RoleName"] = work.Id, ["Tags"] = work.TagList() }, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(async () =>
    {
        await AttachAsync(work, work.Id, work.Properties.Texts("ManagedPolicyArns"), [], cancel);
        foreach (var policy in work.Properties.Objects("Policies"))
        {
            await UnlessGone(() => CallAsync(work, "DeleteRolePolicy", new JsonObject { ["RoleName"] = work.Id, ["PolicyName"] = policy.Text("PolicyName") }, cancel));
        }

        await CallAsync(work, "DeleteRole", new JsonObject { ["RoleName"] = work.Id }, cancel);
    });

    private static async Task PutPoliciesAsync(ResourceWork work, string role, IEnumerable<string> before, CancellationToken cancel)
    {
        foreach (var gone in before.Except(work.Properties.Objects("Policies").Select(policy => policy.Required("PolicyName"))))
        {
            await CallAsync(work, "DeleteRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyName"] = gone }, cancel);
        }

        foreach (var policy in work.Properties.Objects("Policies"))
        {
            await CallAsync(work, "PutRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyName"] = policy.Text("PolicyName"), ["PolicyDocument"] = ApiShape.Document(policy["PolicyDocument"]!) }, cancel);
        }
    }
}

/// <summary>An inline policy of roles that stand elsewhere in the template.</summary>
internal sealed class InlinePolicyHandler() : IamHandler("Policy")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        foreach (var role in work.Properties.Texts("Roles"))
        {
            await CallAsync(work, "PutRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyName"] = work.Text("PolicyName"), ["PolicyDocument"] = ApiShape.Document(work.Properties["PolicyDocument"]!) }, cancel);
        }

        var id = work.PhysicalId ?? $"{work.StackName[..Math.Min(work.StackName.Length, 8)]}-{work.LogicalId[..Math.Min(work.LogicalId.Length, 8)]}-{work.Suffix}";
        return new Made(id, Attributes(("Id", id)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var made = await CreateAsync(work, cancel);
        var isRenamed = before.Text("PolicyName") != work.Text("PolicyName");
        foreach (var role in isRenamed ? before.Texts("Roles") : before.Texts("Roles").Except(work.Properties.Texts("Roles")))
        {
            await RemoveAsync(work, role, before.Text("PolicyName")!, cancel);
        }

        return made;
    }

    public override async Task DeleteAsync(ResourceWork work, CancellationToken cancel)
    {
        foreach (var role in work.Properties.Texts("Roles"))
        {
            await RemoveAsync(work, role, work.Text("PolicyName")!, cancel);
        }
    }

    private static Task RemoveAsync(ResourceWork work, string role, string policy, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyName"] = policy }, cancel));
}

/// <summary>An inline policy of one role.</summary>
internal sealed class RolePolicyHandler() : IamHandler("RolePolicy")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var (role, policy) = (work.Text("RoleName"), work.Text("PolicyName"));
        await CallAsync(work, "PutRolePolicy", new JsonObject { ["RoleName"] = role, ["PolicyName"] = policy, ["PolicyDocument"] = ApiShape.Document(work.Properties["PolicyDocument"]!) }, cancel);
        return new Made($"{policy}|{role}", Attributes());
    }

    /// <summary>Both names are create-only: what changes is the document.</summary>
    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => CreateAsync(work, cancel);

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteRolePolicy", new JsonObject { ["RoleName"] = work.Text("RoleName"), ["PolicyName"] = work.Text("PolicyName") }, cancel));
}

internal sealed class ManagedPolicyHandler() : IamHandler("ManagedPolicy")
{
    public override string NameProperty => "ManagedPolicyName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = work.Pick("Path", "Description");
        input["PolicyName"] = work.Name("ManagedPolicyName", 128);
        input["PolicyDocument"] = ApiShape.Document(work.Properties["PolicyDocument"]!);
        var reply = await CallAsync(work, "CreatePolicy", input, cancel);
        var arn = reply.Descendants("Arn").First().Value;
        var made = new Made(arn, Attributes(("PolicyArn", arn), ("PolicyId", reply.Descendants("PolicyId").First().Value)));
        work.Announce(made);
        foreach (var role in work.Properties.Texts("Roles"))
        {
            await AttachAsync(work, role, [], [arn], cancel);
        }

        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        if (ApiShape.Differs(before, work.Properties, "PolicyDocument"))
        {
            await CallAsync(work, "CreatePolicyVersion", new JsonObject { ["PolicyArn"] = work.Id, ["PolicyDocument"] = ApiShape.Document(work.Properties["PolicyDocument"]!), ["SetAsDefault"] = true }, cancel);
        }

        var (gone, added) = ApiShape.Difference(before.Texts("Roles"), work.Properties.Texts("Roles"));
        foreach (var role in gone)
        {
            await AttachAsync(work, role, [work.Id], [], cancel);
        }

        foreach (var role in added)
        {
            await AttachAsync(work, role, [], [work.Id], cancel);
        }

        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(async () =>
    {
        foreach (var role in work.Properties.Texts("Roles"))
        {
            await AttachAsync(work, role, [work.Id], [], cancel);
        }

        var versions = await CallAsync(work, "ListPolicyVersions", new JsonObject { ["PolicyArn"] = work.Id }, cancel);
        foreach (var old in versions.Descendants("member").Where(version => version.Element("IsDefaultVersion")?.Value == "false"))
        {
            await CallAsync(work, "DeletePolicyVersion", new JsonObject { ["PolicyArn"] = work.Id, ["VersionId"] = old.Element("VersionId")!.Value }, cancel);
        }

        await CallAsync(work, "DeletePolicy", new JsonObject { ["PolicyArn"] = work.Id }, cancel);
    });
}

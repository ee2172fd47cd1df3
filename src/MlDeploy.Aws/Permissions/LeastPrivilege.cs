using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Permissions;

/// <summary>A policy document to paste, and what to call it.</summary>
/// <param name="Name">mldeploy-NAME-PURPOSE; a role takes ten managed policies.</param>
public sealed record PolicyDocument(string Name, Purpose Purpose, JsonObject Document);

/// <summary>The permissions of each purpose for one application, scoped by its name where IAM allows.</summary>
public static class LeastPrivilege
{
    /// <summary>Characters of a managed policy, white space not counted (IAM quotas).</summary>
    public const int LongestPolicy = 6144;

    public static ImmutableArray<PolicyDocument> Policies(PolicyScope scope) =>
        [.. Purposes.All.Select(purpose => new PolicyDocument($"mldeploy-{scope.Name}-{purpose.ToString().ToLowerInvariant()}", purpose, Document(purpose, scope)))];

    private static JsonObject Document(Purpose purpose, PolicyScope scope) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray([.. PermissionTable.All.Where(permission => permission.Purpose == purpose).Select(permission => Statement(permission, scope))]),
    };

    private static JsonObject Statement(Permission permission, PolicyScope scope)
    {
        var statement = new JsonObject
        {
            ["Sid"] = permission.Sid,
            ["Effect"] = "Allow",
            ["Action"] = Texts(permission.Actions),
            ["Resource"] = Texts(permission.Resources.Select(scope.Fill)),
        };
        foreach (var (key, values) in permission.Conditions)
        {
            var filled = values.Select(scope.Fill).ToList();
            var compare = key == "ecs:cluster" ? "ArnEquals" : filled.Exists(value => value.Contains('*', StringComparison.Ordinal)) ? "StringLike" : "StringEquals";
            var condition = (JsonObject)(statement["Condition"] ??= new JsonObject());
            ((JsonObject)(condition[compare] ??= new JsonObject()))[key] = Texts(filled);
        }

        return statement;
    }

    // A list of one is written as its item, as the console does; it also keeps the documents within their limit.
    private static JsonNode Texts(IEnumerable<string> texts)
    {
        var all = texts.ToList();
        return all is [var single] ? single : new JsonArray([.. all.Select(text => JsonValue.Create(text))]);
    }
}

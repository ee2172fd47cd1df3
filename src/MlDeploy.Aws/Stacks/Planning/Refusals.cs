using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>What CloudFormation finds out only half-way through an update, and then rolls back: known from the templates, it is said before.</summary>
internal static class Refusals
{
    /// <param name="resource">As it is to be; null when it is removed.</param>
    public static string? Of(ResourceChange change, JsonObject? resource)
    {
        if (resource is null)
        {
            return null;
        }

        if (change.Action == ResourceAction.Change && LiveParts.IsCodeDeployService(resource)
            && change.Properties.FirstOrDefault(property => LiveParts.OfService.Contains(property.Path.Names[0], StringComparer.Ordinal)) is { } owned)
        {
            return $"neither CloudFormation nor a deployment can change {owned.Path.Names[0]} of a service that CodeDeploy deploys: undo the change, or `mldeploy destroy` and `mldeploy provision` anew";
        }

        return change.Action == ResourceAction.Replace && KeptName(change, resource) is { } name
            ? $"its {name} stays {resource["Properties"]![name]!.ToJsonString()}, and the new one cannot have the name while the old one is there: give it another with overrides"
            : null;
    }

    /// <summary>`Name` or `RoleName` of a role, when it is text that does not change.</summary>
    private static string? KeptName(ResourceChange change, JsonObject resource) =>
        new[] { "Name", change.Type.Split(':')[^1] + "Name" }.FirstOrDefault(name =>
            CanonicalTemplate.Member(resource["Properties"], name) is JsonValue
            && change.Properties.All(property => property.Path.Text != name));
}

using System.Text.Json.Nodes;
using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Aws.Stacks.Removal;

/// <summary>
/// A stack reduced to what is kept. Deleting the stack would keep it too (DeletionPolicy: Retain), but as an orphan whose name is taken, so
/// that the stack could never be made again; in a stack that holds nothing else it is still known, and the next `up` adds the rest.
/// </summary>
internal static class RetainedParts
{
    /// <param name="template">Canonical or literal; left as it is.</param>
    /// <returns>Null when the template keeps nothing.</returns>
    public static JsonObject? Only(JsonObject template)
    {
        var resources = template["Resources"] as JsonObject ?? [];
        var kept = resources.Where(resource => resource.Value is JsonObject entry && entry["DeletionPolicy"]?.ToString() is "Retain" or "RetainExceptOnCreate").Select(resource => resource.Key).ToHashSet(StringComparer.Ordinal);
        if (kept.Count == 0)
        {
            return null;
        }

        // What the kept ones refer to stays with them.
        for (var more = true; more;)
        {
            var referred = kept.SelectMany(id => References(resources[id])).Where(id => resources.ContainsKey(id) && !kept.Contains(id)).ToArray();
            kept.UnionWith(referred);
            more = referred.Length > 0;
        }

        var reduced = (JsonObject)template.DeepClone();
        Keep((JsonObject)reduced["Resources"]!, id => kept.Contains(id));
        if (reduced["Outputs"] is JsonObject outputs)
        {
            Keep(outputs, name => References(outputs[name]).All(id => kept.Contains(id) || !resources.ContainsKey(id)));
        }

        return reduced;
    }

    private static IEnumerable<string> References(JsonNode? node) =>
        TemplateReferences.Of(node).Select(reference => reference.To).Concat((CanonicalTemplate.Member(node, "DependsOn") switch
        {
            JsonArray list => list.Select(id => id?.ToString() ?? ""),
            { } one => [one.ToString()],
            null => [],
        }));

    private static void Keep(JsonObject entries, Func<string, bool> which)
    {
        foreach (var name in entries.Select(entry => entry.Key).Where(name => !which(name)).ToArray())
        {
            entries.Remove(name);
        }
    }
}

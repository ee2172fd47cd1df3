using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Schemas;

/// <summary>Finding one's way in a schema.</summary>
internal static class SchemaWalk
{
    /// <summary>Follows `$ref` into `definitions`.</summary>
    public static JsonObject Resolve(JsonObject root, JsonObject schema)
    {
        while (schema.Text("$ref") is { } reference)
        {
            JsonNode? at = root;
            foreach (var part in reference.TrimStart('#', '/').Split('/'))
            {
                at = at?[part];
            }

            schema = at as JsonObject ?? throw new InvalidOperationException($"The schema refers to {reference}, which it does not have");
        }

        return schema;
    }

    public static IReadOnlyList<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray many => [.. many.Select(one => one!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ when schema.ContainsKey("properties") => ["object"],
        _ => [],
    };

    public static JsonObject? Property(JsonObject root, JsonObject schema, string name)
    {
        if (schema.Object("properties")[name] is JsonObject property)
        {
            return Resolve(root, property);
        }

        foreach (var variant in new[] { "oneOf", "anyOf", "allOf" }.SelectMany(schema.Objects))
        {
            if (Property(root, Resolve(root, variant), name) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}

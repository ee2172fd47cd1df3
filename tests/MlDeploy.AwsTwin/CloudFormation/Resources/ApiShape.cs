using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

/// <summary>From CloudFormation's names to a service's.</summary>
internal static class ApiShape
{
    /// <summary>Objects whose keys are the user's, not the schema's.</summary>
    private static readonly HashSet<string> Maps = ["Options", "DockerLabels", "SystemControls", "Labels", "DriverOpts", "TagFilters"];

    /// <summary>`ContainerDefinitions` as `containerDefinitions`, at every depth.</summary>
    public static JsonNode? Camel(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(
            char.ToLowerInvariant(field.Key[0]) + field.Key[1..], Maps.Contains(field.Key) ? field.Value?.DeepClone() : Camel(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Camel)]),
        _ => node?.DeepClone(),
    };

    public static JsonObject Camel(JsonObject fields) => (JsonObject)Camel((JsonNode)fields)!;

    /// <summary>A policy document or the like: objects become JSON text, texts stay.</summary>
    public static string Document(JsonNode node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : node.ToJsonString(PlainJson);

    public static JsonSerializerOptions PlainJson { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Both fields' difference: what is only in <paramref name="before"/>, what is only in <paramref name="after"/>.</summary>
    public static (List<string> Gone, List<string> New) Difference(IEnumerable<string> before, IEnumerable<string> after)
    {
        var (old, now) = (before.ToList(), after.ToList());
        return ([.. old.Except(now)], [.. now.Except(old)]);
    }

    public static bool Differs(JsonObject before, JsonObject after, params string[] names) => names.Any(name => !JsonNode.DeepEquals(before[name], after[name]));
}

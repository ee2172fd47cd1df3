using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates;

/// <summary>Looking into JSON whose shape is not known: what is not a map has no properties, and that is no error.</summary>
internal static class JsonPlaces
{
    public static JsonNode? At(this JsonNode? node, string key) => node is JsonObject map ? map[key] : null;
}

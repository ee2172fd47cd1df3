using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Resources;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Changes;

/// <param name="Path">`/A/0/B`.</param>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is gone.</param>
internal sealed record Difference(string Path, string? Before, string? After)
{
    /// <summary>Dotted and without indices, as schemas name properties.</summary>
    public string SchemaPath => string.Join('.', Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => !part.All(char.IsAsciiDigit)));
}

/// <summary>Where two trees differ, down to the leaves both sides have.</summary>
internal static class TreeDifference
{
    public static IEnumerable<Difference> Between(JsonNode? before, JsonNode? after, string path = "")
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return [];
        }

        return (before, after) switch
        {
            (JsonObject old, JsonObject now) => old.Select(field => field.Key).Union(now.Select(field => field.Key)).Order(StringComparer.Ordinal)
                .SelectMany(name => Between(old[name], now[name], $"{path}/{name}")),
            (JsonArray old, JsonArray now) => Enumerable.Range(0, Math.Max(old.Count, now.Count))
                .SelectMany(i => Between(i < old.Count ? old[i] : null, i < now.Count ? now[i] : null, $"{path}/{i}")),
            _ => [new Difference(path, Text(before), Text(after))],
        };
    }

    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value => InputReading.Plain(value),
        _ => node.ToJsonString(ApiShape.PlainJson),
    };
}

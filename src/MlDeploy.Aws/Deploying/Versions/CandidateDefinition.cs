using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Deploying.Versions;

/// <summary>From a task definition as a template has it (CloudFormation's spelling) to RegisterTaskDefinition's request.</summary>
public static class CandidateDefinition
{
    /// <summary>Maps whose keys are somebody's own names, not the service's.</summary>
    private static readonly HashSet<string> OwnKeys = new(StringComparer.Ordinal) { "Options", "DockerLabels", "DriverOpts", "Labels" };

    /// <summary>Names that do not become the request's by a small first letter (ECS API Reference, "EFSVolumeConfiguration" and others).</summary>
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["EFSVolumeConfiguration"] = "efsVolumeConfiguration",
        ["FilesystemId"] = "fileSystemId",
        ["FSxWindowsFileServerVolumeConfiguration"] = "fsxWindowsFileServerVolumeConfiguration",
        ["FileSystemId"] = "fileSystemId",
        ["IAM"] = "iam",
        ["ProxyConfigurationProperties"] = "properties",
    };

    /// <param name="properties">Literals only.</param>
    /// <param name="family">Instead of the template's: families alternate from version to version.</param>
    /// <param name="tags">Beside the template's own.</param>
    public static JsonObject Of(JsonObject properties, string family, IReadOnlyDictionary<string, string> tags)
    {
        var request = (JsonObject)Spelled(properties)!;
        request["family"] = family;
        foreach (var size in (ReadOnlySpan<string>)["cpu", "memory"])
        {
            if (request[size] is { } value)
            {
                request[size] = value.ToString();
            }
        }

        var all = (request["tags"] as JsonArray ?? []).OfType<JsonObject>().Where(tag => !tags.ContainsKey($"{tag["key"]}")).Select(tag => (JsonNode?)tag.DeepClone()).ToList();
        all.AddRange(tags.Select(tag => (JsonNode?)new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value }));
        request["tags"] = new JsonArray([.. all]);
        return request;
    }

    /// <summary>`fraud-a` after `fraud-b`, and the other way round.</summary>
    /// <param name="serving">The family that serves; null when it is not known.</param>
    public static string Family(string application, string? serving) => serving == $"{application}-a" ? $"{application}-b" : $"{application}-a";

    private static JsonNode? Spelled(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(
            Name(entry.Key), OwnKeys.Contains(entry.Key) ? entry.Value?.DeepClone() : Spelled(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Spelled)]),
        _ => node?.DeepClone(),
    };

    private static string Name(string key) => Renamed.TryGetValue(key, out var other) ? other : $"{char.ToLowerInvariant(key[0])}{key[1..]}";
}

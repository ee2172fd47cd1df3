using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Overrides;

/// <summary>JSON merge patch (RFC 7396): maps merge, <c>null</c> removes, everything else replaces.</summary>
internal static class MergePatch
{
    /// <returns>A new node.</returns>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        // A function is one value, though it is written as a map: merged with another it would be neither.
        if (patch is not JsonObject changes || Intrinsics.Is(patch))
        {
            return patch?.DeepClone();
        }

        var merged = target is JsonObject map && !Intrinsics.Is(target) ? (JsonObject)map.DeepClone() : [];
        foreach (var (key, change) in changes)
        {
            if (change is null)
            {
                merged.Remove(key);
            }
            else
            {
                merged[key] = Apply(merged[key], change);
            }
        }

        return merged;
    }
}

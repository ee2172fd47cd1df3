using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace MlDeploy.Core.Manifest;

/// <summary>One setting that differs.</summary>
/// <param name="Old">JSON text; null when the setting is new.</param>
/// <param name="New">JSON text; null when the setting is gone.</param>
public sealed record PropertyChange(string Path, string? Old, string? New);

/// <summary>What differs between two canonical manifests, leaf by leaf.</summary>
public static class ManifestChanges
{
    /// <param name="before">Null: there was none, so everything is new.</param>
    public static ImmutableArray<PropertyChange> Between(JsonElement? before, JsonElement after)
    {
        var left = Properties(before);
        var right = Properties(after);
        return
        [
            .. right.Keys.Union(left.Keys)
                .Order(StringComparer.Ordinal)
                .Select(path => new PropertyChange(path, left.GetValueOrDefault(path), right.GetValueOrDefault(path)))
                .Where(change => change.Old != change.New),
        ];
    }

    /// <summary>Leaves as path and JSON text.</summary>
    private static Dictionary<string, string> Properties(JsonElement? document)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in document is { } root ? Leaves("", root) : [])
        {
            properties[path] = text;
        }

        return properties;
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Leaves(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Leaves(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item)),
        _ => [new KeyValuePair<string, string>(path, element.GetRawText())],
    };
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>A list of values of one type.</summary>
internal sealed class ListType<T>(SettingType<T> item, string items, int longest = 1000, int shortest = 0) : SettingType<ImmutableArray<T>>
{
    public override ImmutableArray<T> Fallback => [];

    public override string Describe => $"a list of {items}";

    public override IReadOnlyList<Setting> Settings => item.Settings;

    public override string PathSuffix => "[]" + item.PathSuffix;

    public override JsonNode Schema(SchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = definitions.With(inOverlay: false, () => item.Schema(definitions)), ["maxItems"] = longest };
        if (shortest > 0)
        {
            schema["minItems"] = shortest;
        }

        return schema;
    }

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory)
    {
        writer.WriteStartArray();
        foreach (var element in ((ListNode)node).Items)
        {
            item.WriteCanonical(element, writer, baseDirectory);
        }

        writer.WriteEndArray();
    }

    protected override ImmutableArray<T> ReadValue(Node node, SettingPath path, ReadContext context)
    {
        if (node is not ListNode list)
        {
            var shown = (node as ScalarNode)?.Shown;
            context.Report(node.Mark, path, $"is {(node is MapNode ? "a map" : "one value")} where a list belongs", shown is not null && item is SecretType ? null : shown, Describe,
                "Write [ ] around it, or each item on a line that begins with a hyphen.");
            return Fallback;
        }

        if (list.Items.Length < shortest || list.Items.Length > longest)
        {
            context.Report(node.Mark, path, "has the wrong number of items", $"{list.Items.Length} items", longest == shortest ? $"{shortest} items" : $"{shortest} to {longest} items",
                list.Items.Length > longest ? "Remove some." : "Add what is missing.");
        }

        return [.. list.Items.Take(longest).Select((element, at) => item.Read(element, path.Item(at), context))];
    }
}

internal sealed record Named<T>(string Key, T Value);

/// <summary>A map whose keys are the user's own.</summary>
/// <param name="checkKey">Says what is wrong with a key, or null.</param>
internal sealed class MapType<T>(SettingType<T> value, string keys, string values, Func<string, string?> checkKey) : SettingType<ImmutableArray<Named<T>>>
{
    private const int Longest = 1000;

    public override ImmutableArray<Named<T>> Fallback => [];

    public override string Describe => $"a map from {keys} to {values}";

    public override IReadOnlyList<Setting> Settings => value.Settings;

    public override string PathSuffix => ".*" + value.PathSuffix;

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        new JsonObject { ["type"] = "object", ["additionalProperties"] = value.Schema(definitions) };

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory)
    {
        writer.WriteStartObject();
        foreach (var entry in ((MapNode)node).Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(entry.Key);
            value.WriteCanonical(entry.Value, writer, baseDirectory);
        }

        writer.WriteEndObject();
    }

    /// <summary>Sorted by key: a map has no order of its own.</summary>
    protected override ImmutableArray<Named<T>> ReadValue(Node node, SettingPath path, ReadContext context)
    {
        if (node is not MapNode map || map.Entries.Length > Longest)
        {
            var shown = value is SecretType ? null : (node as ScalarNode)?.Shown;
            context.Report(node.Mark, path, node is MapNode ? $"has more than {Longest} entries" : $"is {(node is ListNode ? "a list" : "one value")} where a map belongs", shown, Describe,
                "Write the entries as `key: value` lines, indented below it.");
            return Fallback;
        }

        foreach (var entry in map.Entries)
        {
            if (checkKey(entry.Key) is { } wrong)
            {
                context.Report(entry.KeyMark, path.Key(entry.Key), $"has a key that {wrong}", entry.Key, keys, "Rename it.");
            }
        }

        return [.. map.Entries
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => new Named<T>(entry.Key, value.Read(entry.Value, path.Key(entry.Key), context)))];
    }
}

/// <summary>Any JSON, carried as it is.</summary>
internal sealed class JsonType(string describe, bool mapOnly = false) : SettingType<string>
{
    public override string Fallback => "{}";

    public override string Describe => describe;

    protected override bool AcceptsNull => !mapOnly;

    public override JsonNode Schema(SchemaDefinitions definitions) => mapOnly ? new JsonObject { ["type"] = "object" } : new JsonObject();

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory) => JsonTreeReader.Write(node, writer);

    protected override string ReadValue(Node node, SettingPath path, ReadContext context)
    {
        if (mapOnly && node is not MapNode)
        {
            context.Report(node.Mark, path, "is not a map", (node as ScalarNode)?.Shown, describe, "Write it as `key: value` lines, indented below it.");
            return Fallback;
        }

        if (HoldsUnknown(node))
        {
            context.Damaged(path);
        }

        return JsonTreeReader.Write(node);
    }

    private static bool HoldsUnknown(Node node) => node switch
    {
        ScalarNode scalar => scalar.Kind == ScalarKind.Unknown,
        ListNode list => list.Items.Any(HoldsUnknown),
        MapNode map => map.Entries.Any(entry => HoldsUnknown(entry.Value)),
        _ => false,
    };
}

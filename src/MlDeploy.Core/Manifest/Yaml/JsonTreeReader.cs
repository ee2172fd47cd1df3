using System.Text.Json;

namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>
/// Canonical JSON → nodes. Not through the YAML parser: JSON is YAML only up to lines and keys of 1024 characters,
/// and here a string is text for certain.
/// </summary>
internal static class JsonTreeReader
{
    /// <exception cref="JsonException">Not JSON, or deeper than <see cref="YamlLimits.Depth"/>.</exception>
    public static Node Read(string file, string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = YamlLimits.Depth + 2, AllowDuplicateProperties = false });
        return Convert(document.RootElement, new Mark(file, 0, 0));
    }

    /// <summary>One value as JSON text: numbers as written, so that 1.10 stays 1.10.</summary>
    public static string Write(Node node) => CanonicalJson.Write(writer => Write(node, writer));

    public static void Write(Node node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case MapNode map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(entry.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case ListNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case ScalarNode scalar:
                WriteScalar(scalar, writer);
                break;
        }
    }

    private static void WriteScalar(ScalarNode scalar, Utf8JsonWriter writer)
    {
        if (scalar.IsNull)
        {
            writer.WriteNullValue();
        }
        else if (scalar.Kind != ScalarKind.Quoted && (scalar.Text is "true" or "false" || PlainNumber.IsNumber(scalar.Text)))
        {
            writer.WriteRawValue(scalar.Text);
        }
        else
        {
            writer.WriteStringValue(scalar.Text);
        }
    }

    private static Node Convert(JsonElement element, Mark mark) => element.ValueKind switch
    {
        JsonValueKind.Object => new MapNode(mark, [.. element.EnumerateObject().Select(property => new Entry(property.Name, mark, Convert(property.Value, mark)))]),
        JsonValueKind.Array => new ListNode(mark, [.. element.EnumerateArray().Select(item => Convert(item, mark))]),
        JsonValueKind.String => new ScalarNode(mark, element.GetString()!, ScalarKind.Quoted),
        _ => new ScalarNode(mark, element.GetRawText(), ScalarKind.Plain),
    };
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MlDeploy.Tool.Output;

internal enum OutputFormat
{
    Text,
    Json,

    /// <summary>`validate` alone: annotations of GitHub Actions.</summary>
    GitHub,

    /// <summary>`report` alone.</summary>
    Html,
}

/// <summary>Results on standard output: text for readers, or exactly one JSON document for programs.</summary>
internal sealed class ResultWriter(TextWriter results, OutputFormat format, Palette palette)
{
    // Standard output is no web page: `–`, `+` and `<` stay readable.
    private static readonly JsonWriterOptions Json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public OutputFormat Format { get; } = format;
    public Palette Palette { get; } = palette;
    public TextWriter Text { get; } = results;

    /// <summary>Writes the document, or its telling for readers.</summary>
    /// <param name="kind">What the document is; with the version of its shape it becomes the property `schema`.</param>
    /// <param name="document">Must serialise to a JSON object.</param>
    /// <param name="type">From a source-generated context: reflection would cost a start tens of milliseconds.</param>
    /// <param name="text">Writes the same for a reader.</param>
    public void Write<T>(string kind, T document, JsonTypeInfo<T> type, Action<TextWriter, Palette> text, int version = 1)
    {
        if (Format == OutputFormat.Json)
        {
            WriteJson(kind, version, document, type);
        }
        else
        {
            text(Text, Palette);
        }
    }

    public void WriteJson<T>(string kind, int version, T document, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", $"mldeploy/{kind}/v{version}");
            foreach (var property in JsonSerializer.SerializeToElement(document, type).EnumerateObject())
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        Text.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}

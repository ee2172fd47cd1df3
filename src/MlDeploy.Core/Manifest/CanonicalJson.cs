using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlDeploy.Core.Manifest;

/// <summary>How canonical JSON is written: compact, and `&lt;` or `é` as they are, since it is never embedded in HTML.</summary>
internal static class CanonicalJson
{
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, WriterOptions))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}

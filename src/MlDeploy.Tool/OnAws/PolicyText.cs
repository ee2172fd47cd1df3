using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>Policies as they are pasted.</summary>
internal static class PolicyText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(AwsDoctorDocument document, TextWriter text, Palette palette)
    {
        foreach (var policy in document.Policies)
        {
            Write(palette.Paint(Tone.Strong, $"policy {policy.Name}"), policy.Document, text);
        }

        if (document.GitHubTrust is { } trust)
        {
            Write(palette.Paint(Tone.Strong, "trust policy of the role, for GitHub Actions"), trust, text);
        }
    }

    public static string Of(JsonNode document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(string title, JsonNode document, TextWriter text)
    {
        text.WriteLine();
        text.WriteLine(title);
        text.WriteLine(Of(document));
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Tool.Manifests;

/// <summary>`validate -o json`: one document.</summary>
public static class ProblemJson
{
    /// <summary>Changes when a reader of an older version would misread the document.</summary>
    public const string Schema = "mldeploy/validation/v1";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(IReadOnlyCollection<ManifestProblem> problems)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", Schema);
            writer.WriteBoolean("valid", problems.Count == 0);
            writer.WriteStartArray("problems");
            foreach (var problem in problems)
            {
                Write(writer, problem);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, ManifestProblem problem)
    {
        writer.WriteStartObject();
        writer.WriteString("file", problem.File);
        if (problem.Line > 0)
        {
            writer.WriteNumber("line", problem.Line);
            writer.WriteNumber("column", problem.Column);
        }

        writer.WriteString("path", problem.Path);
        writer.WriteString("message", problem.Message);
        WriteWhenKnown(writer, "found", problem.Found);
        WriteWhenKnown(writer, "allowed", problem.Allowed);
        writer.WriteString("remedy", problem.Remedy);
        writer.WriteEndObject();
    }

    private static void WriteWhenKnown(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}

using System.Text.Json.Serialization;

namespace MlDeploy.Tool.Output;

/// <summary>`mldeploy/error/v1`: what a program reads when a command with `-o json` fails.</summary>
/// <param name="ExitCode">The process's exit code.</param>
/// <param name="Meaning">What the exit code stands for.</param>
internal sealed record ErrorDocument(int ExitCode, string Meaning, IReadOnlyList<ErrorEntry> Errors);

internal sealed record ErrorEntry(string Message, string Remedy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class Documents : JsonSerializerContext;

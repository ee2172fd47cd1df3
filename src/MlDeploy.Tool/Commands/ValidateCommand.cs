using System.CommandLine;
using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy validate`</summary>
internal static class ValidateCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Describe, "validate", "Check the manifest and tell every problem at once.", RunAsync)
        {
            Annotates = true,
            AnyTarget = true,
            Examples =
            [
                "mldeploy validate",
                "mldeploy validate --env production --set version=1.4.0",
                "mldeploy validate -o github          (annotations in a GitHub Actions run)",
            ],
        }.With(options.Manifest);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var manifest = await ManifestFile.LoadAsync(parse, context);
        var file = parse.GetValue(context.Options.File)!;
        context.Results.Write(
            "validation",
            new ValidationDocument(file, true, manifest.Name, manifest.Version),
            ValidationDocuments.Default.ValidationDocument,
            (text, _) => text.WriteLine($"{file} is valid: {manifest.Name}, version {manifest.Version}"));
        return ExitCode.Done;
    }
}

/// <summary>`mldeploy/validation/v1`</summary>
internal sealed record ValidationDocument(string File, bool Valid, string? Name, string? Version);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ValidationDocument))]
internal sealed partial class ValidationDocuments : JsonSerializerContext;

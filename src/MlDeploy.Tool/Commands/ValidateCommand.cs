using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Manifests;
using MlDeploy.Tool.Output;

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
        var result = await ManifestFile.ReadAsync(parse, context);
        context.Results.Text.Write(context.Results.Format switch
        {
            OutputFormat.Json => ProblemJson.Of(result.Problems),
            OutputFormat.GitHub => ProblemAnnotations.Of(result.Problems),
            _ => result.Manifest is { } valid ? Praise(parse.GetValue(context.Options.File)!, valid) : ProblemText.Of(result.Problems),
        });
        if (result.Manifest is not { } manifest)
        {
            return new ErrorWriter(context).Ends(ExitCode.Usage);
        }

        foreach (var refusal in NotBuilt.RefusedAtUse(manifest, parse.GetValue(context.Options.Target)!, result.Origins))
        {
            context.Surroundings.Messages.WriteLine($"note: {ProblemText.Place(refusal)}: {ProblemText.Sentence(refusal)}; `mldeploy deploy` will refuse it");
        }

        return ExitCode.Done;
    }

    private static string Praise(string file, AppManifest manifest) => $"{file} is valid: {manifest.Name}, version {manifest.Version}\n";
}

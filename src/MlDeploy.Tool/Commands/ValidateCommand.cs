using System.CommandLine;
using MlDeploy.Aws;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Manifests;
using MlDeploy.Tool.OnAws;
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
                "mldeploy validate --target aws         (also what the target cannot do)",
                "mldeploy validate -o github          (annotations in a GitHub Actions run)",
            ],
        }.With(options.Manifest);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var target = parse.GetValue(context.Options.Target)!;
        var result = await ManifestFile.ReadAsync(parse, context);
        var onAws = result.Manifest is { } read && target == AwsTarget.Name ? await AwsTemplates.CheckAsync(read, result.Origins, RenderFacts.None, context) : null;
        var problems = onAws?.Problems ?? result.Problems;
        context.Results.Text.Write(context.Results.Format switch
        {
            OutputFormat.Json => ProblemJson.Of(problems),
            OutputFormat.GitHub => ProblemAnnotations.Of(problems),
            _ => problems.IsEmpty ? Praise(parse.GetValue(context.Options.File)!, result.Manifest!) : ProblemText.Of(problems),
        });
        if (!problems.IsEmpty)
        {
            if (context.Results.Format == OutputFormat.GitHub && problems.Length > ProblemAnnotations.Most)
            {
                // GitHub shows ten annotations of a kind; the log of the step has them all.
                context.Surroundings.Messages.Write(ProblemText.Of(problems));
            }

            return new ErrorWriter(context).Ends(ExitCode.Usage);
        }

        if (onAws is { Linted: false })
        {
            context.Surroundings.Messages.WriteLine("note: cfn-lint is not installed, so conditions between properties of the templates were not checked; `pip install cfn-lint`");
        }

        foreach (var refusal in NotBuilt.RefusedAtUse(result.Manifest!, target, result.Origins))
        {
            context.Surroundings.Messages.WriteLine($"note: {ProblemText.Place(refusal)}: {ProblemText.Sentence(refusal)}; `mldeploy deploy` will refuse it");
        }

        return ExitCode.Done;
    }

    private static string Praise(string file, AppManifest manifest) => $"{file} is valid: {manifest.Name}, version {manifest.Version}\n";
}

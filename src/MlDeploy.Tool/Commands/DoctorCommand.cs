using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy doctor`</summary>
internal static class DoctorCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Machine, "doctor", "What is missing on this machine or in the account, and how to get it.", RunAsync)
        {
            OnAws = AwsDoctor.RunAsync,
            OnlyOnAws = [AwsDoctor.Policies, GitHubRepository.Repository, GitHubRepository.Branch, GitHubRepository.Environment],
            Examples = ["mldeploy doctor", "mldeploy doctor --target aws --policies --github octo/fraud-scoring"],
        }.With([AwsDoctor.Policies, GitHubRepository.Repository, GitHubRepository.Branch, GitHubRepository.Environment, .. options.Manifest]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.AddRange(await Doctor.MachineAsync(context));
        if (File.Exists(Path.GetFullPath(parse.GetValue(context.Options.File)!, context.Surroundings.WorkingDirectory)))
        {
            findings.AddRange(await Doctor.ManifestAsync(await ManifestFile.ReadAsync(parse, context), parse.GetValue(context.Options.Target)!, context));
        }
        else
        {
            findings.Add(new Finding("manifest", $"there is no {parse.GetValue(context.Options.File)} here, so only the machine was looked at", null));
        }

        var document = new DoctorDocument(findings.All(finding => finding.Remedy is null), findings.ToImmutable());
        context.Results.Write("doctor", document, LocalDocuments.Default.DoctorDocument, (text, palette) => FindingText.Write(findings, text, palette));
        return document.Healthy ? ExitCode.Done : new ErrorWriter(context).Ends(ExitCode.TargetFailed);
    }
}

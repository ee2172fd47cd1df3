using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.OnAws;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy provision`</summary>
internal static class ProvisionCommand
{
    public static readonly Option<bool> Keep = new("--keep") { Description = "Leave a stack whose creation failed as it is, to be looked at." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "provision", "Create or change the infrastructure the application needs.", RunAsync)
        {
            OnAws = AwsProvision.RunAsync,
            OnlyOnAws = [Keep],
            Examples = ["mldeploy provision --target aws", "mldeploy plan --target aws --detailed-exitcode || mldeploy provision --target aws"],
        }.With([.. options.Manifest, options.Image, Keep]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var manifest = await ManifestFile.LoadUsableAsync(parse, context);
        context.Results.Write("provisioned", new ProvisionedDocument(manifest.Name, "local", []), AwsDocuments.Default.ProvisionedDocument, (text, _) =>
            text.WriteLine("nothing to do: the target local needs no infrastructure; `mldeploy deploy` starts the application"));
        return ExitCode.Done;
    }
}

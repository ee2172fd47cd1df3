using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Rules;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <param name="Folder">Where the manifest lies: what relative paths in it are meant from.</param>
internal sealed record UsableManifest(AppManifest Manifest, ManifestOrigins Origins, string Folder);

/// <summary>The target aws as a command sees it: a valid manifest and an open session, or a clear refusal.</summary>
internal static class AwsAccess
{
    /// <summary>A manifest that the target aws can do.</summary>
    /// <exception cref="ManifestRejectedException">It has problems, there or everywhere, or asks for what is not built.</exception>
    public static async Task<UsableManifest> ManifestAsync(ParseResult parse, CommandContext context)
    {
        var read = await ManifestFile.ReadAsync(parse, context);
        var manifest = read.Manifest ?? throw new ManifestRejectedException(read.Problems);
        var problems = TargetRules.ForAws(manifest, read.Origins).AddRange(NotBuilt.RefusedAtUse(manifest, TargetChoice.Aws, read.Origins));
        return problems.IsEmpty ? new UsableManifest(manifest, read.Origins, Folder(parse, context)) : throw new ManifestRejectedException(problems);
    }

    /// <summary>Finds region and credentials; asks no service yet.</summary>
    public static Task<AwsSession> OpenAsync(AwsTargetSettings? settings, CommandContext context) => AwsSession.OpenAsync(
        new AwsSessionOptions
        {
            Region = settings?.Region,
            RoleArn = settings?.RoleArn,
            Variable = context.Surroundings.Variable,
            Time = context.Clock,
            Random = context.Surroundings.Random,
            OnCall = context.Verbose ? call => context.Progress.State(string.Create(CultureInfo.InvariantCulture, $"{call}"), Tone.Quiet) : null,
        },
        context.Stop);

    /// <summary>The application that a command is about, with its session: `--app` needs no manifest, and takes region and role from the environment.</summary>
    public static async Task<(string Name, AwsSession Session)> ApplicationAsync(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(context.Options.Application) is { } named && !ManifestIsThere(parse, context))
        {
            return (named, await OpenAsync(null, context));
        }

        var manifest = await ManifestFile.LoadAsync(parse, context);
        return (parse.GetValue(context.Options.Application) ?? manifest.Name, await OpenAsync(manifest.Targets.Aws, context));
    }

    public static StackHolder Holder(CommandContext context)
    {
        var deployer = Deployer.From(context);
        return new StackHolder(deployer.Holder, deployer.RunUrl);
    }

    public static ExpectedException NotProvisioned(string application, string stack) =>
        new(ExitCode.Usage, $"{application} is not on aws: there is no stack {stack}", "create it with `mldeploy provision --target aws`, or check --app, --env and the region");

    private static string Folder(ParseResult parse, CommandContext context) => ManifestFile.Name(parse) == "-"
        ? context.Surroundings.WorkingDirectory
        : Path.GetDirectoryName(Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory)) ?? context.Surroundings.WorkingDirectory;

    public static bool ManifestIsThere(ParseResult parse, CommandContext context) =>
        ManifestFile.Name(parse) == "-" || File.Exists(Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory));
}

/// <summary>News of stacks as progress lines.</summary>
internal sealed class StackProgress(ProgressLines lines) : IProgress<ProvisioningNews>
{
    public void Report(ProvisioningNews value) => lines.State(
        value.Text,
        value.Kind switch
        {
            NewsKind.Done => Tone.Good,
            NewsKind.Failed => Tone.Bad,
            NewsKind.Notice => Tone.Warning,
            _ => Tone.Plain,
        },
        value.At);
}

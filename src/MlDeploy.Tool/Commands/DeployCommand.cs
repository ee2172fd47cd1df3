using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy deploy`</summary>
internal static class DeployCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "deploy", "Replace the running version step by step, judging the new one on live traffic.", RunAsync)
        {
            OnAws = AwsDeploy.RunAsync,
            Examples =
            [
                "mldeploy deploy",
                "mldeploy deploy --env production --set version=$GIT_SHA",
                "mldeploy deploy --target aws --image fraud:$GIT_SHA --set version=$GIT_SHA",
            ],
        }.With([.. options.Manifest, options.Image]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var manifest = await ManifestFile.LoadUsableAsync(parse, context);
        var (secrets, webhooks) = (Secrets.Resolve(manifest, context), Secrets.Webhooks(manifest, context));
        var environment = LocalTarget.Environment(context);
        using var client = await HostStarter.ConnectAsync(environment, context.Stop);
        var accepted = await BeginAsync(client, manifest, secrets, webhooks, context);
        if (accepted.Deployment is not { } number)
        {
            context.Results.Write("deployment", accepted, ControlJson.Default.DeployAccepted, (text, _) => text.WriteLine(string.Join('\n', accepted.Notes)));
            return ExitCode.Done;
        }

        return await new DeploymentWatch(context, environment, manifest.Name, number, manifest.Rollout.OnInterrupt).FollowAsync(client);
    }

    /// <summary>The host takes its snapshot now: seconds for a large model.</summary>
    private static async Task<DeployAccepted> BeginAsync(
        ControlClient client, AppManifest manifest, ImmutableSortedDictionary<string, string> secrets, ImmutableArray<string> webhooks, CommandContext context)
    {
        var deployer = Deployer.From(context);
        using var heartbeat = context.Progress.Heartbeat(() => $"copying {manifest.Application.WorkingDirectory}");
        return await client.DeployAsync(
            manifest.Name,
            new DeployRequest(manifest.CanonicalJson, secrets, LocalTarget.BaseEnvironment(context), deployer.Holder, deployer.RunUrl, webhooks),
            context.Stop);
    }
}

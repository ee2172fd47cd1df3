using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy abort`</summary>
internal static class AbortCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "abort", "Stop the rollout under way and bring stable back to 100 %.", RunAsync)
        {
            OnAws = AwsSteering.AbortAsync,
        }
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        LocalTarget.Existing(context, name);
        var environment = LocalTarget.Environment(context);
        using var client = await HostStarter.ConnectAsync(environment, context.Stop);
        var steered = await client.SteerAsync(name, "abort", new SteerRequest(Deployer.From(context).Holder), context.Stop);
        if (steered.Deployment is not { } number)
        {
            context.Results.Write("deployment", steered, ControlJson.Default.DeployAccepted, (text, _) => text.WriteLine(string.Join('\n', steered.Notes)));
            return ExitCode.Done;
        }

        // Rolled back is what was asked for here; the deploying command exits with 6.
        return await new DeploymentWatch(context, environment, name, number, OnInterrupt.Detach)
        {
            PausesCountAfter = steered.After ?? 0,
            Wanted = ExitCode.Inconclusive,
        }.FollowAsync(client);
    }
}

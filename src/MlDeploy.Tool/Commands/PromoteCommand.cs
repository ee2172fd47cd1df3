using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy promote`</summary>
internal static class PromoteCommand
{
    private static readonly Option<bool> Full = new("--full") { Description = "Promote now, without the steps that are left." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "promote", "Leave the present step, or a pause, as if every gate had passed; then follow the deployment.", RunAsync)
        {
            OnAws = AwsSteering.PromoteAsync,
            OnlyOnLocal = [Full],
        }
            .With([Full, .. options.Running]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        LocalTarget.Existing(context, name);
        var environment = LocalTarget.Environment(context);
        using var client = await HostStarter.ConnectAsync(environment, context.Stop);
        var steered = await client.SteerAsync(name, "promote", new SteerRequest(Deployer.From(context).Holder, Full: parse.GetValue(Full)), context.Stop);

        // A signal to this command is no signal to the deployment: whoever began it said what that would mean.
        return await new DeploymentWatch(context, environment, name, steered.Deployment!.Value, OnInterrupt.Detach)
        {
            PausesCountAfter = steered.After ?? 0,
        }.FollowAsync(client);
    }
}

using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy rollback`</summary>
internal static class RollbackCommand
{
    public static readonly Option<string?> To = new("--to") { Description = "The version to bring back; default: the one that served before.", HelpName = "VERSION" };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "rollback", "Bring an earlier version back to 100 %.", RunAsync)
        {
            OnAws = AwsRollback.RunAsync,
            Examples = ["mldeploy rollback", "mldeploy rollback --app fraud-scoring --to v1"],
        }.With([To, .. options.Running]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        LocalTarget.Existing(context, name);
        var environment = LocalTarget.Environment(context);
        var deployer = Deployer.From(context);
        using var client = await HostStarter.ConnectAsync(environment, context.Stop);
        var accepted = await client.RollbackAsync(name, new RollbackRequest(parse.GetValue(To), deployer.Holder, deployer.RunUrl), context.Stop);
        return await new DeploymentWatch(context, environment, name, accepted.Deployment!.Value, OnInterrupt.Rollback).FollowAsync(client);
    }
}

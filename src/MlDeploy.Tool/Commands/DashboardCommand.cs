using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy dashboard`</summary>
internal static class DashboardCommand
{
    public static readonly Option<bool> Open = new("--open") { Description = "Also open it in the browser." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "dashboard", "Where the dashboard is; on the local target the host opens it when first asked.", RunAsync) { OnAws = AwsDashboardCommand.RunAsync }
            .With([Open, .. options.Running]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var named = await Applications.NamedAsync(parse, context);
        if (named is not null)
        {
            LocalTarget.Existing(context, named);
        }

        var environment = LocalTarget.Environment(context);
        using (var running = await HostStarter.FindAsync(environment, context.Stop))
        {
            // A page of a host that was started for it would show versions only as they come up: starting what serves is a decision, not a glance.
            _ = running ?? throw new ExpectedException(ExitCode.Usage, "the host does not run, so nothing shows a dashboard", "`mldeploy host start` starts it, and whatever served before; `mldeploy deploy` starts it too");
        }

        using var client = await HostStarter.ConnectAsync(environment, context.Stop);
        var page = (await client.OpenDashboardAsync(context.Stop)).Url;
        var url = named is null ? page : $"{page}#{named}";
        context.Results.Write("dashboard", new DashboardDocument(url), LocalDocuments.Default.DashboardDocument, (text, _) => text.WriteLine(url));
        if (parse.GetValue(Open))
        {
            Browser.Open(url);
        }

        return ExitCode.Done;
    }
}

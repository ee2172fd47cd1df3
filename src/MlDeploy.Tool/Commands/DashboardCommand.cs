using System.CommandLine;
using MlDeploy.Tool.OnAws;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy dashboard`</summary>
internal static class DashboardCommand
{
    public static readonly Option<bool> Open = new("--open") { Description = "Also open it in the browser." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "dashboard", "Where the dashboard is.") { OnAws = AwsDashboardCommand.RunAsync, OnlyOnAws = [Open] }
            .With([Open, .. options.Running]);
}

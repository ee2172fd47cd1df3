namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy dashboard`</summary>
internal static class DashboardCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "dashboard", "Where the dashboard is.")
            .With(options.Running);
}

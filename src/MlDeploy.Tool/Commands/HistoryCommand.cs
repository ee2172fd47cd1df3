namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy history`</summary>
internal static class HistoryCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "history", "Past deployments: what was tried, what became of it, and why.")
            .With(options.Running);
}

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy status`</summary>
internal static class StatusCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "status", "Versions, weights, health and availability; without a manifest, of all applications.")
            .With(options.Running);
}

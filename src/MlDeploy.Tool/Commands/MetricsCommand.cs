namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy metrics`</summary>
internal static class MetricsCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "metrics", "The metrics of each version, in OpenMetrics text or JSON.")
            .With(options.Running);
}

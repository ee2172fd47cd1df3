namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy abort`</summary>
internal static class AbortCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "abort", "Stop the rollout under way and bring stable back to 100 %.")
            .With(options.Running);
}

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy promote`</summary>
internal static class PromoteCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "promote", "Let a paused rollout go on to 100 %.")
            .With(options.Running);
}

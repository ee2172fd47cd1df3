namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy drift`</summary>
internal static class DriftCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Model, "drift", "How far live inputs and predictions are from the profile; exit 10 beyond the limit.")
            .With(options.Running);
}

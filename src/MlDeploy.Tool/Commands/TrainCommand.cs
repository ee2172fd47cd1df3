namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy train`</summary>
internal static class TrainCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Model, "train", "Run a training job and keep its model and figures.")
            .With(options.Manifest);
}

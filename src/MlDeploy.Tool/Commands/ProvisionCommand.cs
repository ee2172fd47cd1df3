namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy provision`</summary>
internal static class ProvisionCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "provision", "Create or change the infrastructure the application needs.")
            .With(options.Manifest);
}

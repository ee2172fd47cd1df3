namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy doctor`</summary>
internal static class DoctorCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Machine, "doctor", "What is missing on this machine or in this account, and how to get it.")
            .With(options.Manifest);
}

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy demo`</summary>
internal static class DemoCommand
{
    public static ToolCommand Create() => new(Groups.Machine, "demo", "Deploy a sample application, a better version of it, and bad ones that are rolled back.");
}

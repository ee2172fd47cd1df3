using System.CommandLine;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy destroy`</summary>
internal static class DestroyCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var confirm = new Option<string>("--confirm")
        {
            Description = "The application's name, as proof that this one is meant.",
            HelpName = "NAME",
            Required = true,
        };
        return new ToolCommand(Groups.Deploy, "destroy", "Stop and remove every version of the application, and its state.")
        {
            Examples = ["mldeploy destroy --confirm fraud-scoring"],
        }.With([confirm, .. options.Running]);
    }
}

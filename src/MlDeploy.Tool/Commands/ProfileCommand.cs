using System.CommandLine;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy profile`</summary>
internal static class ProfileCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var data = new Option<string>("--data") { Description = "Training or test data the profile is made from (CSV or JSON lines).", HelpName = "PATH", Required = true };
        return new ToolCommand(Groups.Model, "profile", "Make the reference description of a model's inputs and outputs from data.")
            .With([data, .. options.Manifest]);
    }
}

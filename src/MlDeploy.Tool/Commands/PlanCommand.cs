using System.CommandLine;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy plan`</summary>
internal static class PlanCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var detailedExitCode = new Option<bool>("--detailed-exitcode") { Description = "Exit 2 when there are changes, 0 when there are none." };
        return new ToolCommand(Groups.Describe, "plan", "Show what deploy would change, property by property; changes nothing.")
            .With([.. options.Manifest, detailedExitCode]);
    }
}

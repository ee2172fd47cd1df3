using System.CommandLine;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy rollback`</summary>
internal static class RollbackCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var to = new Option<string?>("--to") { Description = "The version to bring back; default: the one that served before.", HelpName = "VERSION" };
        return new ToolCommand(Groups.Deploy, "rollback", "Bring an earlier version back to 100 %.")
        {
            Examples = ["mldeploy rollback", "mldeploy rollback --app fraud-scoring --to v1"],
        }.With([to, .. options.Running]);
    }
}

using System.CommandLine;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy report`</summary>
internal static class ReportCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var rollout = new Argument<string?>("rollout") { Description = "A rollout's id as history shows it; default: the last one.", Arity = ArgumentArity.ZeroOrOne };
        return new ToolCommand(Groups.Watch, "report", "The evidence of one deployment, as Markdown or JSON.")
            .With(rollout)
            .With(options.Running);
    }
}

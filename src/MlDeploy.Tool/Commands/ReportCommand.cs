using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Local.Deployments;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy report`</summary>
internal static class ReportCommand
{
    private static readonly Argument<int?> Number = new("deployment")
    {
        Description = "A deployment's number as history shows it; default: the last one.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "report", "The evidence of one deployment, made from its journal: Markdown or JSON.", RunAsync)
            .With(Number)
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        var paths = LocalTarget.Existing(context, name);
        var number = parse.GetValue(Number) ?? DeploymentHistory.Of(paths, context.Clock).Select(entry => entry.Number).FirstOrDefault();
        var report = DeploymentHistory.Report(paths, number, context.Clock)
            ?? throw new ExpectedException(ExitCode.Usage, $"{name} has no deployment {number}", "`mldeploy history` lists them");
        context.Results.Write("report", report, ReportDocument.Type, (text, _) => text.Write(MarkdownReport.From(report)));
        return ExitCode.Done;
    }
}

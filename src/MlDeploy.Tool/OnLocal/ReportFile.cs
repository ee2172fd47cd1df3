using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnLocal;

/// <summary>A report on standard output or in a file, in the form that was asked for.</summary>
internal static class ReportFile
{
    public static void Print(DeploymentReport report, CommandContext context)
    {
        if (context.Results.Format == OutputFormat.Html)
        {
            context.Results.Text.Write(HtmlReport.From(report));
        }
        else
        {
            context.Results.Write("report", report, ReportDocument.Type, (text, _) => text.Write(MarkdownReport.From(report)));
        }
    }

    /// <exception cref="ExpectedException">The name says no form that there is, or the file cannot be written.</exception>
    public static void Write(DeploymentReport report, string file, CommandContext context)
    {
        var content = (context.Results.Format, Path.GetExtension(file)) switch
        {
            (OutputFormat.Html, _) or (OutputFormat.Text, ".html" or ".htm") => HtmlReport.From(report),
            (OutputFormat.Json, _) or (OutputFormat.Text, ".json") => report.ToJson() + "\n",
            (OutputFormat.Text, ".md") => MarkdownReport.From(report),
            _ => throw new ExpectedException(ExitCode.Usage, $"{file} does not say what it should hold", "name it .html, .json or .md, or say -o html or -o json"),
        };
        try
        {
            File.WriteAllText(Path.GetFullPath(file, context.Surroundings.WorkingDirectory), content);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot write {file}: {failure.Message}", "name a file in a folder that you can write to", failure);
        }

        context.Surroundings.Messages.WriteLine($"wrote {file}");
    }
}

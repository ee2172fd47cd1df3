using System.Globalization;
using System.Text;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report;

/// <summary>The report as Markdown: for a pull request, a job summary, a chat.</summary>
public static class MarkdownReport
{
    public static string From(DeploymentReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {report.Application}: deployment {report.Deployment}\n\n**{report.Verdict}**\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Candidate `{report.Candidate}`, stable {Code(report.Stable)}. Began {report.StartedAt:yyyy-MM-dd HH:mm:ss} UTC");
        text.Append(report.EndedAt is { } ended ? $", took {Words.Of(ended - report.StartedAt)}" : ", still running");
        text.Append(CultureInfo.InvariantCulture, $". Deployed by {Escape(report.Holder)}{(report.RunUrl is { } url ? $" ({url})" : "")}.");
        text.Append(report.ExitCode is { } exit ? $" Exit code {(int)exit}.\n" : "\n");
        AppendTimeline(text, report);
        foreach (var step in report.Steps)
        {
            AppendStep(text, step);
        }

        if (!report.Notes.IsEmpty)
        {
            text.Append("\n## Notes\n\n").AppendJoin('\n', report.Notes.Select(note => $"- {Escape(note)}")).Append('\n');
        }

        return text.ToString();
    }

    private static void AppendTimeline(StringBuilder text, DeploymentReport report)
    {
        text.Append("\n## What happened\n\n| after | weight | phase | |\n|--:|--:|---|---|\n");
        foreach (var entry in report.Timeline)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Words.Of(entry.At)} | {Words.Percent(entry.Weight)} | {Verdicts.Name(entry.Phase)} | {Escape(entry.What)} |\n");
        }
    }

    private static void AppendStep(StringBuilder text, StepReport step)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {step.Name}: {Words.Percent(step.Weight)} for {Words.Of(step.Lasted)}\n\n");
        text.Append("| gate | | candidate | interval | stable | limit | n | |\n|---|---|--:|--:|--:|---|--:|---|\n");
        foreach (var judgment in step.Judgments)
        {
            var row = JudgmentText.From(judgment);
            text.Append(CultureInfo.InvariantCulture, $"| {Escape(judgment.Gate)} | {StepDecision.Name(judgment.Kind)} | {row.Value} | {row.Interval} | {row.Stable} | {Escape(judgment.Limit)} | {judgment.N} | {Escape(row.Remark)} |\n");
        }
    }

    private static string Code(string? version) => version is null ? "none" : $"`{version}`";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}

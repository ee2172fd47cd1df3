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
        text.Append(CultureInfo.InvariantCulture, $"# {MarkdownText.Inline(report.Application)}: deployment {report.Deployment}\n\n**{MarkdownText.Inline(report.Verdict)}**\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Candidate {MarkdownText.Code(report.Candidate)}, stable {(report.Stable is { } stable ? MarkdownText.Code(stable) : "none")}. ");
        text.Append(CultureInfo.InvariantCulture, $"Began {report.StartedAt:yyyy-MM-dd HH:mm:ss} UTC, {(report.EndedAt is { } ended ? $"took {Words.Of(ended - report.StartedAt)}" : "still running")}. ");
        text.Append(CultureInfo.InvariantCulture, $"Deployed by {MarkdownText.Inline(report.Holder)}{(report.RunUrl is { } url ? $" ({MarkdownText.Link(url)})" : "")}.");
        text.Append(report.ExitCode is { } exit ? $" Exit code {(int)exit}.\n" : "\n");
        AppendReason(text, report);
        AppendTimeline(text, report);
        foreach (var step in report.Steps)
        {
            AppendStep(text, step);
        }

        if (!report.Notes.IsEmpty)
        {
            text.Append("\n## Notes\n\n").AppendJoin('\n', report.Notes.Select(note => $"- {MarkdownText.Inline(note)}")).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The verdict has the first line of the reason; what else there is comes from an application's log.</summary>
    private static void AppendReason(StringBuilder text, DeploymentReport report)
    {
        if (report.Reason?.Contains('\n', StringComparison.Ordinal) == true)
        {
            text.Append("\n## Why\n\n").Append(MarkdownText.Block(report.Reason));
        }
    }

    private static void AppendTimeline(StringBuilder text, DeploymentReport report)
    {
        text.Append("\n## What happened\n\n| after | weight | phase | |\n|--:|--:|---|---|\n");
        foreach (var entry in report.Timeline)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Words.Of(entry.At)} | {Words.Percent(entry.Weight)} | {Verdicts.Name(entry.Phase)} | {MarkdownText.Inline(Words.FirstLine(entry.What))} |\n");
        }
    }

    private static void AppendStep(StringBuilder text, StepReport step)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {MarkdownText.Inline(step.Name)}: {Words.Percent(step.Weight)} for {Words.Of(step.Lasted)}\n\n");
        text.Append("| gate | | candidate | interval | stable | limit | n | |\n|---|---|--:|--:|--:|---|--:|---|\n");
        foreach (var judgment in step.Judgments)
        {
            var row = JudgmentText.From(judgment);
            text.Append(CultureInfo.InvariantCulture, $"| {MarkdownText.Inline(judgment.Gate)} | {StepDecision.Name(judgment.Kind)} | {row.Value} | {row.Interval} | {row.Stable} | {MarkdownText.Inline(judgment.Limit)} | {judgment.N} | {MarkdownText.Inline(row.Remark)} |\n");
        }
    }
}

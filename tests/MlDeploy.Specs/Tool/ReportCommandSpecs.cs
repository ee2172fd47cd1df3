using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.ToolShell;

public sealed class ReportCommandSpecs
{
    [Fact]
    public async Task A_report_is_made_again_from_a_journal_in_every_form()
    {
        using var rollout = new ScriptedRollout();
        await rollout.RunAsync();
        using var folder = new TestFolder();
        var report = ReportBuilder.From(rollout.Entries())!;

        Assert.Equal(HtmlReport.From(report), (await Run("--from", rollout.JournalPath, "-o", "html")).Results);
        Assert.Equal(MarkdownReport.From(report), (await Run("--from", rollout.JournalPath)).Results);
        Assert.Equal("mldeploy/report/v1", JsonDocument.Parse((await Run("--from", rollout.JournalPath, "-o", "json")).Results).RootElement.GetProperty("schema").GetString());
        foreach (var (file, content) in new[] { ("a.html", HtmlReport.From(report)), ("a.md", MarkdownReport.From(report)), ("a.json", report.ToJson() + "\n") })
        {
            var run = await Run("--from", rollout.JournalPath, "--out", folder.PathTo(file));

            Assert.Equal(ExitCode.Done, run.ExitCode);
            Assert.Empty(run.Results);
            Assert.Equal(content, await File.ReadAllTextAsync(folder.PathTo(file), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_journal_that_was_changed_is_no_evidence()
    {
        using var rollout = new ScriptedRollout();
        await rollout.RunAsync();
        rollout.FillDisk();
        var changed = (await File.ReadAllTextAsync(rollout.JournalPath, TestContext.Current.CancellationToken)).Replace("\"n\":200", "\"n\":201", StringComparison.Ordinal);
        await File.WriteAllTextAsync(rollout.JournalPath, changed, TestContext.Current.CancellationToken);

        var run = await Run("--from", rollout.JournalPath, "-o", "html");

        Assert.Equal(ExitCode.TargetFailed, run.ExitCode);
        Assert.Contains("the measurements do not give the judgments that are written", run.Messages, StringComparison.Ordinal);
        Assert.Contains("the measurements do not give the judgments that are written", run.Results, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cannot read", "--from", "/nowhere/journal.jsonl")]
    [InlineData("cannot be meant too", "3", "--from", "/nowhere/journal.jsonl")]
    [InlineData("has no option '--form'", "--form", "x")]
    [InlineData("does not take", "3", "4")]
    [InlineData("DEPLOYMENT is a whole number, or on aws an id such as d-1A2B3C4D5, not 'abc'", "abc")]
    [InlineData("`mldeploy report diff` needs AFTER", "diff", "3")]
    public async Task Mistakes_are_usage_errors(string complaint, params string[] arguments)
    {
        var run = await Run(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(complaint, run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_made_by_report_alone()
    {
        var run = await ToolRun.Of("history", "-o", "html");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("`mldeploy history` makes no page", run.Messages, StringComparison.Ordinal);
    }

    private static Task<ToolRun> Run(params string[] arguments) => ToolRun.Of(["report", .. arguments]);
}

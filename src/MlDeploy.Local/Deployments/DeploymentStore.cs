using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Control;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Deployments;

/// <summary>The deployments of one application on disk: a numbered folder each, with journal and reports.</summary>
public sealed class DeploymentStore(ApplicationPaths paths, TimeProvider clock)
{
    /// <summary>Numbers in use, newest first.</summary>
    public IEnumerable<int> Numbers() => Directory.Exists(paths.Deployments)
        ? Directory.EnumerateDirectories(paths.Deployments)
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number is > 0 and < int.MaxValue && Directory.Exists(paths.Deployment(number)))
            .OrderDescending()
        : [];

    /// <summary>The number for the next deployment: one more than any the record or the disk knows.</summary>
    public int Next(int lastKnown) => Math.Max(lastKnown, Numbers().FirstOrDefault()) + 1;

    public JournalWriter Open(int number)
    {
        PrivateFiles.CreateFolder(paths.Deployments);
        PrivateFiles.CreateFolder(paths.Deployment(number));
        try
        {
            return JournalWriter.Open(paths.Journal(number), clock);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"the journal {paths.Journal(number)} cannot be opened: {failure.Message}", "free space on this disk or make the folder writable", failure);
        }
    }

    /// <summary>Empty when there is no journal.</summary>
    /// <exception cref="ExpectedException">The journal is damaged or cannot be read.</exception>
    public ImmutableArray<JournalEntry> Read(int number)
    {
        try
        {
            return File.Exists(paths.Journal(number)) ? JournalReader.Read(paths.Journal(number)) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"the journal {paths.Journal(number)} cannot be read: {failure.Message}", "make it readable, or move its folder out of the deployments folder", failure);
        }
    }

    /// <summary>When a deployment's folder was made: what is known of one whose journal cannot be read.</summary>
    public DateTimeOffset FolderMadeAt(int number) => new(Directory.GetCreationTimeUtc(paths.Deployment(number)), TimeSpan.Zero);

    /// <summary>Writes report.json, report.md and report.html beside the journal. A report can always be made again, so a failure here is only told.</summary>
    public string? WriteReport(int number)
    {
        try
        {
            if (ReportBuilder.From(Read(number)) is not { } report)
            {
                return null;
            }

            PrivateFiles.Replace(Path.Combine(paths.Deployment(number), "report.json"), report.ToJson() + "\n");
            PrivateFiles.Replace(Path.Combine(paths.Deployment(number), "report.md"), MarkdownReport.From(report));
            PrivateFiles.Replace(paths.ReportPage(number), HtmlReport.From(report));
            return null;
        }
        catch (ExpectedException failure)
        {
            return failure.Message;
        }
    }
}

/// <summary>What `history` shows, read from the journals; it needs no host.</summary>
public static class DeploymentHistory
{
    /// <summary>Newest first. A damaged journal is an entry that says so.</summary>
    public static ImmutableArray<HistoryEntry> Of(ApplicationPaths paths, TimeProvider clock)
    {
        var store = new DeploymentStore(paths, clock);
        return [.. store.Numbers().Select(number => Entry(store, number)).OfType<HistoryEntry>()];
    }

    /// <summary>The report of one deployment, made from its journal; null when it has none.</summary>
    public static DeploymentReport? Report(ApplicationPaths paths, int number, TimeProvider clock) =>
        ReportBuilder.From(new DeploymentStore(paths, clock).Read(number));

    /// <summary>Replays one deployment's journal.</summary>
    public static ReplayedJournal Replay(ApplicationPaths paths, int number, TimeProvider clock) =>
        JournalReplay.Replay(new DeploymentStore(paths, clock).Read(number));

    private static HistoryEntry? Entry(DeploymentStore store, int number)
    {
        try
        {
            return ReportBuilder.From(store.Read(number)) is { } report
                ? new HistoryEntry(
                    number, report.StartedAt, report.EndedAt, report.Candidate, report.Stable, Verdicts.Name(report.Outcome), report.ExitCode,
                    Reason(report), report.Holder, report.RunUrl)
                : null;
        }
        catch (ExpectedException damaged)
        {
            return new HistoryEntry(number, store.FolderMadeAt(number), null, "?", null, "unreadable", null, damaged.Message, "?", null);
        }
    }

    /// <summary>Why it ended as it did; of a promotion what was noted first, which tells a rollback that was asked for from a new version.</summary>
    private static string? Reason(DeploymentReport report) =>
        report.Outcome == Phase.Promoted ? report.Notes.FirstOrDefault() : report.Verdict;
}

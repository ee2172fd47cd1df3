using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Dashboard;

/// <summary>The newest deployments. A journal that has not grown is not read again: each is read once when it has ended, and never while it runs.</summary>
internal sealed class RecentDeployments(ApplicationPaths paths, TimeProvider clock)
{
    private const int Most = 10;

    private readonly DeploymentStore store = new(paths, clock);
    private readonly Dictionary<int, (long Length, DeploymentView? Told)> known = [];

    /// <summary>Newest first. Called by one at a time.</summary>
    public ImmutableArray<DeploymentView> Read(LocalDeployment? running)
    {
        var numbers = store.Numbers().Take(Most).ToArray();
        foreach (var old in known.Keys.Except(numbers).ToArray())
        {
            known.Remove(old);
        }

        return [.. numbers.Select(number => number == running?.Number ? Of(running) : Read(number)).OfType<DeploymentView>()];
    }

    private DeploymentView? Read(int number)
    {
        var journal = new FileInfo(paths.Journal(number));
        var length = journal.Exists ? journal.Length : 0;
        if (!known.TryGetValue(number, out var entry) || entry.Length != length)
        {
            known[number] = entry = (length, Of(number));
        }

        return entry.Told is { } told ? told with { Report = File.Exists(paths.ReportPage(number)) } : null;
    }

    private DeploymentView? Of(int number)
    {
        try
        {
            return ReportBuilder.From(store.Read(number)) is { } report
                ? new DeploymentView(
                    number, report.StartedAt, (report.EndedAt - report.StartedAt)?.TotalSeconds, report.Candidate, Verdicts.Name(report.Outcome),
                    report.EndedAt is null ? null : report.ExitCode is ExitCode.Done, report.Verdict, report.Reason, report.Holder, Report: false)
                : null;
        }
        catch (ExpectedException damaged)
        {
            return new DeploymentView(number, store.FolderMadeAt(number), null, "?", "unreadable", false, damaged.Message, damaged.Remedy, "?", Report: false);
        }
    }

    private static DeploymentView Of(LocalDeployment running) => new(
        running.Number, running.Opened.At, null, running.Opened.Candidate, Verdicts.Name(running.State.Phase), null, Verdicts.Sentence(running.Opened, running.State), null, running.Opened.Holder, Report: false);
}

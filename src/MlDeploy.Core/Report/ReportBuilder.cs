using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Core.Report;

/// <summary>Journal → report, at any time: a running deployment gives the report so far.</summary>
public static class ReportBuilder
{
    /// <returns>Null when the journal has no first line yet.</returns>
    public static DeploymentReport? From(IReadOnlyList<JournalEntry> entries)
    {
        if (entries is not [OpenedEntry opened, ..])
        {
            return null;
        }

        var state = entries.OfType<TransitionEntry>().LastOrDefault()?.State ?? RolloutState.Initial(opened.At);
        return new DeploymentReport
        {
            Deployment = opened.Deployment,
            Application = opened.Application,
            Candidate = opened.Candidate,
            Stable = opened.Stable,
            Outcome = state.Phase,
            ExitCode = state.Exit,
            Verdict = Verdicts.Sentence(opened, state),
            Reason = Reason(state, entries),
            StartedAt = opened.At,
            EndedAt = state.IsFinal ? state.Since : null,
            Holder = opened.Holder,
            RunUrl = opened.RunUrl,
            Timeline = [.. entries.OfType<TransitionEntry>().Select(entry => new TimelineEntry(
                entry.At - opened.At, entry.State.Phase, entry.State.Step, entry.State.Weight, Verdicts.Tell(entry.Event, opened.Plan)))],
            Steps = [.. Steps(opened, entries)],
            Notes = [.. entries.OfType<NoteEntry>().Select(note => note.Text)],
        };
    }

    /// <summary>An unverified rollback has two reasons: what was wrong with the candidate stands in the transition before.</summary>
    private static string? Reason(RolloutState state, IReadOnlyList<JournalEntry> entries)
    {
        var began = entries.OfType<TransitionEntry>().LastOrDefault(entry => entry.State.Phase == Phase.RollingBack)?.State.Reason;
        return state.Phase == Phase.Unsafe && began is not null && state.Reason != began ? $"{state.Reason}\n{began}" : state.Reason;
    }

    private static IEnumerable<StepReport> Steps(OpenedEntry opened, IReadOnlyList<JournalEntry> entries) => entries
        .OfType<LookEntry>()
        .GroupBy(look => look.Step)
        .Select(looks => new StepReport(
            opened.Plan.Steps[looks.Key].Name,
            opened.Plan.Steps[looks.Key].Weight,
            looks.Last().Elapsed,
            looks.LastOrDefault(look => look.Judgments is not null)?.Judgments ?? ImmutableArray<Judgment>.Empty));
}

using System.Collections.Immutable;

namespace MlDeploy.Core.Rollout.Journal;

/// <param name="Opened">Null when not even the first line was written: nothing had an effect.</param>
/// <param name="State">The fold of the events.</param>
/// <param name="Discrepancies">Lines whose stored state or judgments differ from what replaying gives; empty for a sound journal.</param>
public sealed record ReplayedJournal(OpenedEntry? Opened, RolloutState? State, ImmutableArray<string> Discrepancies);

/// <summary>Folds a journal again: the states from the events, the judgments from the measurements.</summary>
public static class JournalReplay
{
    /// <param name="entries">As <see cref="JournalReader"/> gives them.</param>
    public static ReplayedJournal Replay(IReadOnlyList<JournalEntry> entries)
    {
        if (entries is not [OpenedEntry opened, ..])
        {
            return new ReplayedJournal(null, null, []);
        }

        var discrepancies = ImmutableArray.CreateBuilder<string>();
        var state = RolloutState.Initial(opened.At);
        var judging = new JudgingReplay(opened);
        foreach (var entry in entries.Skip(1))
        {
            switch (entry)
            {
                case TransitionEntry transition:
                    state = RolloutMachine.Next(opened.Plan, state, transition.Event, transition.At);
                    if (state != transition.State)
                    {
                        discrepancies.Add($"line {entry.Seq}: {transition.Event.GetType().Name} leads to {state.Phase}, but {transition.State.Phase} is written, or they differ in detail");
                        state = transition.State;
                    }

                    judging.Take(transition.Event, state);
                    break;
                case LookEntry look when judging.Look(look) is { } problem:
                    discrepancies.Add($"line {entry.Seq}: {problem}");
                    break;
            }
        }

        return new ReplayedJournal(opened, state, discrepancies.ToImmutable());
    }
}

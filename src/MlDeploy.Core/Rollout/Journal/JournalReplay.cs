using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Rollout.Journal;

/// <param name="Opened">Null when not even the first line was written: nothing had an effect.</param>
/// <param name="State">The fold of the events.</param>
/// <param name="Discrepancies">Lines whose stored state or judgments differ from what replaying gives; empty for a sound journal.</param>
public sealed record ReplayedJournal(OpenedEntry? Opened, RolloutState? State, ImmutableArray<string> Discrepancies);

/// <summary>Folds a journal again: the states from the events, the judgments from the measurements.</summary>
public static class JournalReplay
{
    public static ReplayedJournal Replay(IReadOnlyList<JournalEntry> entries)
    {
        if (entries is not [OpenedEntry opened, ..])
        {
            return new ReplayedJournal(null, null, entries.Count == 0 ? [] : ["line 1: not the entry that opens a journal"]);
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
                        discrepancies.Add($"line {entry.Seq}: {transition.Event.GetType().Name} leads to {state.Phase}, but {transition.State.Phase} is written");
                        state = transition.State;
                    }

                    judging.Take(transition.Event, state);
                    break;
                case LookEntry look when judging.Differs(look):
                    discrepancies.Add($"line {entry.Seq}: the measurements do not give the judgments that are written");
                    break;
            }
        }

        return new ReplayedJournal(opened, state, discrepancies.ToImmutable());
    }

    private sealed class JudgingReplay
    {
        private readonly OpenedEntry opened;
        private readonly JudgingPlan? plan;
        private Judge? judge;
        private DateTimeOffset enteredStep;

        public JudgingReplay(OpenedEntry opened)
        {
            this.opened = opened;
            var manifest = ManifestReader.ReadCanonical(opened.Manifest).Manifest;
            plan = manifest is null ? null : RolloutJudging.PlanFor(manifest, opened.Plan);
            judge = plan is null ? null : new Judge(plan);
        }

        public void Take(RolloutEvent happened, RolloutState state)
        {
            if (happened is HostRestarted && plan is not null)
            {
                // The next host judged with nothing but what it saw itself.
                judge = new Judge(plan);
            }

            if (state.Phase is Phase.Judging or Phase.Baking && state.Since != enteredStep)
            {
                enteredStep = state.Since;
                var step = opened.Plan.Steps[state.Step];
                judge?.BeginStep(step.Index, step.Comparable && !opened.Plan.FirstDeployment);
            }
        }

        public bool Differs(LookEntry look)
        {
            var judgments = judge?.Look(look.Measurements);
            return judgments is not null && look.Judgments is { } written && !judgments.Value.SequenceEqual(written);
        }
    }
}

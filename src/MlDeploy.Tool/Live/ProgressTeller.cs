using System.Globalization;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Tool.Live;

/// <summary>Journal entries as lines for a log: one a change of state, one a gate where a step ends, one heartbeat when nothing changes.</summary>
public sealed class ProgressTeller
{
    private const int PhaseWidth = 12;
    private OpenedEntry? opened;
    private RolloutState? state;
    private LookEntry? lastTold;

    /// <summary>Lines for one entry; none for a look that says nothing new.</summary>
    public IEnumerable<string> Tell(JournalEntry entry)
    {
        switch (entry)
        {
            case OpenedEntry begun:
                opened = begun;
                return [Line("deployment", $"{begun.Deployment} of {begun.Application}: {begun.Candidate} {Aim(begun)}")];
            case TransitionEntry transition when opened is not null:
                state = transition.State;
                return [.. Transition(transition, opened.Plan)];
            case NoteEntry note:
                return [Line("note", note.Text)];
            case LookEntry { Judgments: not null } look:
                lastTold = look;
                return [];
            default:
                return [];
        }
    }

    /// <summary>What to say when nothing has changed for a while: pipelines take silence for a hang.</summary>
    public string Heartbeat(DateTimeOffset now)
    {
        if (opened is null || state is null)
        {
            return Line("waiting", opened is null ? "for the host" : "to begin");
        }

        var since = Words.Of(now - state.Since);
        return state.Phase is Phase.Judging or Phase.Baking && lastTold is not null
            ? Line(Verdicts.Name(state.Phase), $"{Step(opened.Plan, state)}, for {since}: {Summary(lastTold)}")
            : Line(Verdicts.Name(state.Phase), $"for {since}");
    }

    /// <summary>One gate in one line: metric, verdict, value with its interval, stable, limit, n, and what is missing.</summary>
    public static string Gate(Judgment judgment)
    {
        var text = JudgmentText.From(judgment);
        var value = text.Value.Length == 0 ? "" : $": {text.Value}{(text.Interval.Length == 0 ? "" : $" ({text.Interval})")}";
        var stable = text.Stable.Length == 0 ? "" : $", stable {text.Stable}";
        var units = judgment.N > 0 ? string.Create(CultureInfo.InvariantCulture, $", n {judgment.N}") : "";
        var remark = text.Remark.Length == 0 ? "" : $"; {text.Remark}";
        return $"{judgment.Gate} {StepDecision.Name(judgment.Kind)}{value}{stable}, limit {judgment.Limit}{units}{remark}";
    }

    private static IEnumerable<string> Transition(TransitionEntry entry, RolloutPlan plan)
    {
        var judgments = entry.Event switch
        {
            StepPassed passed => passed.Judgments,
            GateFailed failed => failed.Judgments,
            StepInconclusive inconclusive => inconclusive.Judgments,
            _ => [],
        };
        foreach (var judgment in judgments)
        {
            yield return Line("", "  " + Gate(judgment));
        }

        var what = entry.State.Phase is Phase.Judging or Phase.Baking && entry.Event is WeightApplied
            ? $"{Step(plan, entry.State)}: {Words.Percent(entry.State.Weight)} for {Words.Of(plan.Steps[entry.State.Step].For)}"
            : Verdicts.Tell(entry.Event, plan);
        yield return Line(Verdicts.Name(entry.State.Phase), what);
    }

    private static string Aim(OpenedEntry begun)
    {
        var weights = string.Join(" → ", begun.Plan.Steps.Select(step => Words.Percent(step.Weight)));
        return begun.Stable is null ? "is the first version" : $"is to replace {begun.Stable} by {weights}";
    }

    private static string Step(RolloutPlan plan, RolloutState state) => plan.Steps[state.Step].Name;

    private static string Summary(LookEntry look) => string.Join(", ", look.Judgments!.Value
        .GroupBy(judgment => judgment.Kind)
        .OrderBy(group => group.Key)
        .Select(group => $"{string.Join(" and ", group.Select(judgment => judgment.Gate))} {StepDecision.Name(group.Key)}"));

    private static string Line(string phase, string what) => $"{phase.PadRight(PhaseWidth)} {what}";
}

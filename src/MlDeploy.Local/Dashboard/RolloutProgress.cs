using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Local.Dashboard;

/// <summary>Where a rollout is, and how long it will take at least.</summary>
internal static class RolloutProgress
{
    /// <param name="last">The newest look whose judgments were written down, of whatever step; null before.</param>
    public static RolloutView Of(OpenedEntry opened, RolloutState state, LookEntry? last, DateTimeOffset now)
    {
        var plan = opened.Plan;
        var step = plan.Steps[state.Step];
        var isJudged = state.Phase is Phase.Judging or Phase.Baking;
        var elapsed = now - state.Since;
        var goesOn = state.Phase is Phase.Pending or Phase.Starting or Phase.Testing or Phase.Shifting || isJudged;
        var judged = isJudged && last?.Step == state.Step ? last : null;
        var ahead = plan.Steps.Skip(state.Step + 1).Sum(later => later.For.TotalSeconds);
        var own = isJudged ? Left(step.For - elapsed) : step.For.TotalSeconds;
        return new RolloutView(
            opened.Deployment, opened.Candidate, opened.Stable, Verdicts.Name(state.Phase), step.Name, state.Step + 1, plan.Steps.Length, state.Weight,
            isJudged ? own : null,
            isJudged ? Left(step.For + (step.Patience ?? plan.Patience) - elapsed) : null,
            goesOn ? own + ahead : null,
            Left(opened.At + plan.Deadline - now),
            opened.At, opened.Holder, state.Reason is { } reason ? Words.FirstLine(reason) : null, judged?.At, judged?.Judgments ?? []);
    }

    private static double Left(TimeSpan time) => Math.Max(0, time.TotalSeconds);
}

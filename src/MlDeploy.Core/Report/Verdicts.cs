using System.Globalization;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Core.Report;

/// <summary>The sentences in which a rollout is told: in progress lines, reports and history.</summary>
public static class Verdicts
{
    /// <summary>One sentence in one line, whatever an application had to say; the report has all of it.</summary>
    public static string Sentence(OpenedEntry opened, RolloutState state) => state.Phase switch
    {
        Phase.Promoted when opened.Stable is null => $"{opened.Candidate} is promoted: the first version of {opened.Application} serves all traffic{Because(state)}.",
        Phase.Promoted => $"{opened.Candidate} is promoted: it replaced {opened.Stable} and serves all traffic{Because(state)}.",
        Phase.Refused => $"{opened.Candidate} was not deployed: {Why(state)}.",
        Phase.RolledBack when opened.Stable is null => $"{opened.Candidate} was removed: {Why(state)}; there was no stable version to go back to.",
        Phase.RolledBack => $"{opened.Candidate} was rolled back: {Why(state)}; {opened.Stable} is verified serving 100 %.",
        // What serves what and what to do come last: none of it is cut.
        Phase.Unsafe => $"Unsafe: {state.Reason ?? "for no reason that is known"}.",
        Phase.Paused => $"{opened.Candidate} is paused at {Words.Percent(state.Weight)}: {Why(state)}.",
        _ => $"{opened.Candidate} is {Name(state.Phase)}.",
    };

    public static string Tell(RolloutEvent happened, RolloutPlan plan) => happened switch
    {
        Begun => "deployment began",
        CandidateHealthy healthy => $"candidate healthy after {Words.Of(healthy.After)}",
        CandidateFailed failed => failed.Reason,
        LeaseLost lost => lost.Reason,
        TestsPassed { Tests.Length: 0 } => "no pre-traffic tests to run",
        TestsPassed passed => string.Create(CultureInfo.InvariantCulture, $"{passed.Tests.Length} of {passed.Tests.Length} tests passed: {string.Join(", ", passed.Tests)}"),
        TestFailed failed => $"test {failed.Test} failed: {failed.Reason}",
        EvidenceMissing missing => $"gate {missing.Gate} cannot be read: {missing.Reason}",
        WeightApplied applied => $"weight {Words.Percent(applied.Weight)} in force",
        WeightRefused refused => refused.Reason,
        StepPassed passed => Passed(passed, plan),
        GateFailed failed => $"gate {failed.Gate} failed: {failed.Reason}",
        StepInconclusive inconclusive => $"inconclusive: {inconclusive.Reason}",
        AdvanceRequested advance => $"step ended by {advance.By}",
        PromoteRequested promote => $"promoted by {promote.By}",
        AbortRequested abort => $"aborted by {abort.By}",
        Interrupted interrupted => $"interrupted by {interrupted.Signal}",
        DeadlinePassed => $"the deadline of {Words.Of(plan.Deadline)} passed",
        HostRestarted => "the host ended during the rollout and was restarted",
        TargetFailed failed => failed.Reason,
        StableVerified { Version: { } version } => $"{version} verified serving 100 %",
        StableVerified => "nothing serves, as before",
        StableNotVerified unverified => Unverified(unverified),
        _ => happened.GetType().Name,
    };

    /// <summary>What to do stands in the first line, before what an application may have logged.</summary>
    private static string Unverified(StableNotVerified unverified)
    {
        var lines = unverified.Reason.Split('\n', 2);
        return string.Join('\n', [$"rollback not verified: {Words.FirstLine(lines[0])}. Serving: {unverified.Serving}. Do this: {unverified.Remedy}", .. lines.Skip(1)]);
    }

    public static string Name(Phase phase) => phase switch
    {
        Phase.RollingBack => "rolling back",
        Phase.RolledBack => "rolled back",
        _ => phase.ToString().ToLowerInvariant(),
    };

    /// <summary>What could not be judged is named: silence would read as a pass.</summary>
    private static string Passed(StepPassed passed, RolloutPlan plan)
    {
        var unjudged = passed.Judgments.Where(judgment => judgment.Kind is JudgmentKind.Inconclusive or JudgmentKind.NoData or JudgmentKind.Error).Select(judgment => judgment.Gate).ToArray();
        return unjudged.Length == 0 ? "every gate passed"
            : $"unjudged: {(plan.FirstDeployment ? "first deployment" : "no time was given to judge")} ({string.Join(", ", unjudged)})";
    }

    private static string Because(RolloutState state) => state.Reason is { } reason ? $" ({Words.FirstLine(reason)})" : "";

    private static string Why(RolloutState state) => Words.FirstLine(state.Reason ?? "for no reason that is known");
}

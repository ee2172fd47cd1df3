using System.Collections.Immutable;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Rollout;

/// <summary>
/// From a step's judgments to what the step makes of them. A failing gate decides at once; a pass needs the step's time,
/// evidence in every gate and no gate without data; what is still open waits for `patience`, then is inconclusive.
/// </summary>
public static class StepDecision
{
    /// <returns>Null to hold and look again.</returns>
    public static RolloutEvent? Decide(RolloutPlan plan, PlannedStep step, TimeSpan elapsed, ImmutableArray<Judgment> judgments)
    {
        // Where stable is above the limit too, going back would not help: hold, and let patience decide.
        var failing = judgments.FirstOrDefault(judgment => judgment is { Kind: JudgmentKind.Fail, StableFailsToo: false });
        if (failing is not null)
        {
            return new GateFailed(failing.Gate, failing.Reason ?? failing.Limit, judgments);
        }

        if (elapsed < step.For)
        {
            return null;
        }

        // A first deployment has nobody to fall back to and no traffic to wait for: what cannot be judged is said, not waited for.
        var open = judgments.Where(judgment => judgment.Kind is JudgmentKind.Inconclusive or JudgmentKind.NoData or JudgmentKind.Error or JudgmentKind.Fail).ToImmutableArray();
        if (open.IsEmpty || plan.FirstDeployment || (step.IsBake && step.For == TimeSpan.Zero))
        {
            return new StepPassed(judgments);
        }

        if (elapsed < step.For + (step.Patience ?? plan.Patience))
        {
            return null;
        }

        var worst = open.MinBy(judgment => judgment.Kind is JudgmentKind.Inconclusive or JudgmentKind.Fail ? 1 : 0)!;
        return new StepInconclusive(
            $"after {Words.Of(elapsed)}{(step.Patience == TimeSpan.Zero ? "" : " (patience included)")} gate {worst.Gate} is {Name(worst.Kind)}{(worst.Kind == JudgmentKind.Fail ? ", and stable fails it too" : "")}: {worst.Reason ?? "too little evidence"}",
            Measured: open.All(judgment => judgment.Kind is JudgmentKind.Inconclusive or JudgmentKind.Fail),
            EnoughUnits: open.All(judgment => judgment.Kind != JudgmentKind.Fail) && judgments.Max(judgment => judgment.N) >= plan.MinimumUnits
                && open.All(judgment => judgment.MoreNeeded is null || judgment.N >= plan.MinimumUnits),
            judgments);
    }

    public static string Name(JudgmentKind kind) => kind switch
    {
        JudgmentKind.Pass => "passing",
        JudgmentKind.Fail => "failing",
        JudgmentKind.NoData => "without data",
        JudgmentKind.Error => "in error",
        JudgmentKind.NotApplicable => "not applicable",
        _ => "inconclusive",
    };
}

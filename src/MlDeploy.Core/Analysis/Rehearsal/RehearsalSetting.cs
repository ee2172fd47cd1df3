using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>What every rehearsed rollout of one manifest shares.</summary>
/// <param name="Rate">Requests a second, both arms together.</param>
internal sealed record RehearsalSetting(RolloutPlan Plan, JudgingPlan Judging, TimeSpan Warmup, double Rate)
{
    /// <summary>A rollout looks every 2 s. A long step is rehearsed with fewer looks: what is caught is caught at most a fortieth of its step too late …</summary>
    private const int LooksPerStep = 40;

    /// <summary>… and, early in the step, at most by this share of the time it took.</summary>
    private const double Late = 0.125;

    /// <summary>Bounds rollouts of very many steps.</summary>
    private const int MostLooks = 400;

    private double WholeSeconds => Plan.Steps.Sum(step => step.For.TotalSeconds);

    public static RehearsalSetting Of(RehearsalRequest request, RolloutSettings rollout, ImaginedTraffic traffic)
    {
        var plan = RolloutPlan.For(rollout, firstDeployment: false) with { Model = traffic.Model.Yardstick };
        return new RehearsalSetting(plan, RolloutJudging.PlanFor(request.Manifest with { Rollout = rollout }, plan), rollout.Warmup, request.Rate);
    }

    /// <summary>The longest time between two looks at a step.</summary>
    public TimeSpan LookEvery(PlannedStep step) =>
        TimeSpan.FromSeconds(Math.Max(RolloutRunner.LookEvery.TotalSeconds, Math.Ceiling(Math.Max(step.For.TotalSeconds / LooksPerStep, WholeSeconds / MostLooks))));

    /// <summary>Until the next look; the last one falls on the step's end.</summary>
    /// <param name="longest">As <see cref="LookEvery"/> gives it.</param>
    /// <param name="held">Since the step began.</param>
    public static TimeSpan UntilNextLook(PlannedStep step, TimeSpan longest, TimeSpan held)
    {
        var early = TimeSpan.FromSeconds(Math.Max(RolloutRunner.LookEvery.TotalSeconds, Math.Floor(held.TotalSeconds * Late)));
        var length = early < longest ? early : longest;
        return step.For > held && step.For - held < length ? step.For - held : length;
    }
}

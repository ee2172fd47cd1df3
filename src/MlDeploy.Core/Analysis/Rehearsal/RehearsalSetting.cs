using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>What every rehearsed rollout of one manifest shares.</summary>
/// <param name="Rate">Requests a second, both arms together.</param>
internal sealed record RehearsalSetting(RolloutPlan Plan, JudgingPlan Judging, TimeSpan Warmup, double Rate)
{
    /// <summary>A rollout looks every 2 s. A long step is rehearsed with so many looks, so what is caught is caught at most a fortieth of its step too late.</summary>
    private const int LooksPerStep = 40;

    /// <summary>Bounds rollouts of very many steps.</summary>
    private const int MostLooks = 400;

    private double WholeSeconds => Plan.Steps.Sum(step => step.For.TotalSeconds);

    public static RehearsalSetting Of(AppManifest manifest, RolloutSettings rollout, double rate)
    {
        var plan = RolloutPlan.For(rollout, firstDeployment: false);
        return new RehearsalSetting(plan, RolloutJudging.PlanFor(manifest with { Rollout = rollout }, plan), rollout.Warmup, rate);
    }

    public TimeSpan LookEvery(PlannedStep step) =>
        TimeSpan.FromSeconds(Math.Max(RolloutRunner.LookEvery.TotalSeconds, Math.Ceiling(Math.Max(step.For.TotalSeconds / LooksPerStep, WholeSeconds / MostLooks))));
}

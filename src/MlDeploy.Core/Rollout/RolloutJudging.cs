using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Rollout;

/// <summary>From a manifest to what is judged: shared by the running rollout and by replaying its journal.</summary>
public static class RolloutJudging
{
    /// <summary>The cookie of a load balancer on aws, which does not tell how many users it keeps: requests are counted there, and `docs/` says so.</summary>
    private const string BalancerCookie = "AWSALBTG";

    public static JudgingPlan PlanFor(AppManifest manifest, RolloutPlan plan) => new(
        [.. Judged(manifest.Rollout.Gates)],
        manifest.Rollout.Confidence,
        plan.Steps.Length,
        manifest.Rollout.MinimumRequests,
        UserUnits: manifest.Rollout.Stickiness is { Name: not BalancerCookie },
        ComparableSteps: plan.Steps.Count(step => step.Comparable),
        Model: plan.Model);

    private static IEnumerable<Gate> Judged(ImmutableArray<Gate> gates) =>
        gates.Where(gate => MetricCatalog.Find(gate.Metric) is { Built: true });
}

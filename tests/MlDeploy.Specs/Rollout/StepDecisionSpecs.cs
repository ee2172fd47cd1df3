using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using static MlDeploy.Specs.Rollout.Examples;

namespace MlDeploy.Specs.Rollout;

public class StepDecisionSpecs
{
    private static readonly PlannedStep Step = Plan.Steps[0];
    private static readonly TimeSpan Over = Step.For;
    private static readonly TimeSpan Exhausted = Step.For + Plan.Patience;

    [Fact]
    public void A_failing_gate_decides_at_once() =>
        Assert.Equal("http.errors", Assert.IsType<GateFailed>(StepDecision.Decide(Plan, Step, TimeSpan.Zero, [Judged(JudgmentKind.Pass, "cpu"), Judged(JudgmentKind.Fail)])).Gate);

    [Fact]
    public void A_limit_that_stable_breaks_too_holds_and_never_passes()
    {
        var both = Judged(JudgmentKind.Fail, n: 500) with { StableFailsToo = true };

        Assert.Null(StepDecision.Decide(Plan, Step, Over, [both]));
        var ended = Assert.IsType<StepInconclusive>(StepDecision.Decide(Plan, Step, Exhausted, [both]));
        Assert.Equal((true, false), (ended.Measured, ended.EnoughUnits));
        Assert.Contains("stable fails it too", ended.Reason, StringComparison.Ordinal);
        Assert.IsType<GateFailed>(StepDecision.Decide(Plan, Step, Over, [both, Judged(JudgmentKind.Fail, "latency.p99")]));
    }

    [Fact]
    public void A_pass_waits_for_the_time_of_its_step()
    {
        Assert.Null(StepDecision.Decide(Plan, Step, Over - TimeSpan.FromTicks(1), [Judged(JudgmentKind.Pass)]));
        Assert.IsType<StepPassed>(StepDecision.Decide(Plan, Step, Over, [Judged(JudgmentKind.Pass), Judged(JudgmentKind.NotApplicable, "latency.p99")]));
    }

    [Theory]
    [InlineData(JudgmentKind.Inconclusive)]
    [InlineData(JudgmentKind.NoData)]
    [InlineData(JudgmentKind.Error)]
    public void What_is_open_holds_until_patience_ends_and_is_never_a_pass(JudgmentKind open)
    {
        Assert.Null(StepDecision.Decide(Plan, Step, Exhausted - TimeSpan.FromTicks(1), [Judged(JudgmentKind.Pass, n: 500), Judged(open, "cpu")]));
        var ended = Assert.IsType<StepInconclusive>(StepDecision.Decide(Plan, Step, Exhausted, [Judged(JudgmentKind.Pass, n: 500), Judged(open, "cpu")]));
        Assert.Equal(open == JudgmentKind.Inconclusive, ended.Measured);
        Assert.Contains("cpu", ended.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(199, null, false)]
    [InlineData(200, null, true)]
    [InlineData(200, 50L, false)]
    public void Enough_units_means_the_minimum_at_every_gate_that_waits_for_units(long n, long? moreAtOther, bool enough)
    {
        var ended = Assert.IsType<StepInconclusive>(StepDecision.Decide(
            Plan, Step, Exhausted, [Judged(JudgmentKind.Inconclusive, n: n), Judged(JudgmentKind.Inconclusive, "latency.p99", n: 150, more: moreAtOther)]));

        Assert.Equal(enough, ended.EnoughUnits);
    }

    [Fact]
    public void A_gate_without_data_is_named_before_one_with_too_little() => Assert.StartsWith(
        "after 30 s (patience included) gate memory is without data",
        Assert.IsType<StepInconclusive>(StepDecision.Decide(Plan, Step, Exhausted, [Judged(JudgmentKind.Inconclusive, n: 3), Judged(JudgmentKind.NoData, "memory")])).Reason,
        StringComparison.Ordinal);

    [Fact]
    public void A_first_deployment_does_not_wait_for_what_cannot_be_judged_but_fails_on_what_can()
    {
        var first = Plan with { FirstDeployment = true };
        Assert.IsType<StepPassed>(StepDecision.Decide(first, Step, Over, [Judged(JudgmentKind.NoData)]));
        Assert.IsType<GateFailed>(StepDecision.Decide(first, Step, TimeSpan.Zero, [Judged(JudgmentKind.Fail)]));
    }

    [Fact]
    public void A_bake_of_zero_passes_at_its_first_look_unless_a_gate_fails()
    {
        var bake = Plan.Steps[2] with { For = TimeSpan.Zero };
        Assert.IsType<StepPassed>(StepDecision.Decide(Plan, bake, TimeSpan.FromSeconds(2), [Judged(JudgmentKind.Inconclusive)]));
        Assert.IsType<GateFailed>(StepDecision.Decide(Plan, bake, TimeSpan.FromSeconds(2), [Judged(JudgmentKind.Fail)]));
    }

    [Fact]
    public void A_step_of_100_percent_is_the_beginning_of_the_bake()
    {
        var plan = RolloutPlan.For(new RolloutSettings { Steps = [new(0.5, TimeSpan.FromMinutes(1)), new(1, TimeSpan.FromMinutes(2))], Bake = TimeSpan.FromMinutes(3) }, firstDeployment: false);

        Assert.Equal([("step 1 of 1", 0.5, 1.0, true), ("bake", 1, 5, false)], plan.Steps.Select(step => (step.Name, step.Weight, step.For.TotalMinutes, step.Comparable)));
    }

    [Theory]
    [InlineData(Strategy.BlueGreen, false)]
    [InlineData(Strategy.AllAtOnce, false)]
    [InlineData(Strategy.Canary, true)]
    public void Where_traffic_moves_at_once_there_is_only_the_bake(Strategy strategy, bool first) =>
        Assert.Equal("bake", Assert.Single(RolloutPlan.For(new RolloutSettings { Strategy = strategy, Steps = first ? [new(0.5, TimeSpan.FromMinutes(1))] : [] }, first).Steps).Name);
}

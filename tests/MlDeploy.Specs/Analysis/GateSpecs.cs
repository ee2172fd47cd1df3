using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Analysis;

public sealed class GateSpecs
{
    private static readonly Gate Errors = new() { Id = "http.errors", Metric = "http.errors", Max = 0.05, MaxIncrease = 0.005 };
    private static readonly Gate Compared = new() { Id = "http.errors", Metric = "http.errors", MaxIncrease = 0.005 };
    private static readonly Gate P99 = new() { Id = "latency.p99", Metric = "latency.p99", Max = 0.4, MaxRatio = 1.25 };
    private static readonly Gate Ratio = new() { Id = "latency.p99", Metric = "latency.p99", MaxRatio = 1.25 };

    [Fact]
    public void Too_few_requests_are_inconclusive_and_say_how_many_more()
    {
        var judgment = Look(Begin(Errors), Counts(150, 0, 2850, 20));
        Assert.Equal(JudgmentKind.Inconclusive, judgment.Kind);
        Assert.Equal(50, judgment.MoreNeeded);
        Assert.Equal(150, judgment.N);
        Assert.Equal("150 requests at the candidate so far, at least 200 are needed", judgment.Reason);
    }

    [Fact]
    public void No_requests_at_all_are_no_pass()
    {
        var judgment = Look(Begin(Errors), Counts(0, 0, 3000, 20));
        Assert.Equal(JudgmentKind.Inconclusive, judgment.Kind);
        Assert.Null(judgment.Value);
    }

    [Fact]
    public void Enough_good_requests_pass_and_say_what_would_have_been_caught()
    {
        var judgment = Look(Begin(Errors), Counts(2000, 20, 38000, 380));
        Assert.Equal(JudgmentKind.Pass, judgment.Kind);
        Assert.Equal(0.01, judgment.Value);
        Assert.Equal(0.01, judgment.Stable);
        Assert.InRange(judgment.SmallestCaught!.Value, 0.005, 0.03);
        Assert.InRange(judgment.Low!.Value, 0.002, 0.01);
        Assert.InRange(judgment.High!.Value, 0.01, 0.03);
        Assert.Equal("at most 5 %, at most 0.5 % above stable", judgment.Limit);
    }

    [Fact]
    public void The_smallest_caught_increase_is_caught_about_nine_in_ten_times()
    {
        var increase = Look(Begin(Errors), Counts(2000, 20, 38000, 380)).SmallestCaught!.Value;
        var caught = Enumerable.Range(0, 300).Count(run =>
        {
            var (judge, random) = (Begin(Errors), new Random(run));
            return Enumerable.Range(0, 40).Any(_ => Look(judge, Counts(
                50, Draws.Binomial(random, 50, 0.01 + increase), 950, Draws.Binomial(random, 950, 0.01))).Kind == JudgmentKind.Fail);
        });
        Assert.InRange(caught, 240, 300);
    }

    [Fact]
    public void A_worse_candidate_fails_before_the_minimum_of_requests()
    {
        var judgment = Look(Begin(Compared), Counts(50, 20, 950, 10));
        Assert.Equal(JudgmentKind.Fail, judgment.Kind);
        Assert.True(judgment.Evidence > judgment.EvidenceNeeded);
        Assert.Equal("40 % against 1.05 % at stable since the rise seems to have begun (20 of 50 requests against 10 of 950 requests), tolerated 0.5 % more", judgment.Reason);
    }

    [Fact]
    public void A_rise_within_the_tolerance_does_not_fail_however_sure_it_is()
    {
        var judgment = Look(Begin(Compared), Counts(5_000_000, 70_000, 5_000_000, 50_000));
        Assert.True(judgment.Evidence > judgment.EvidenceNeeded);
        Assert.Equal(JudgmentKind.Pass, judgment.Kind);
    }

    [Fact]
    public void An_absolute_limit_fails_whatever_stable_does_and_says_when_stable_fails_too()
    {
        var alone = Look(Begin(Errors, comparable: false), Counts(1000, 120, 1000, 10));
        Assert.Equal((JudgmentKind.Fail, false), (alone.Kind, alone.StableFailsToo));
        var both = Look(Begin(Errors), Counts(1000, 120, 1000, 120));
        Assert.Equal((JudgmentKind.Fail, true), (both.Kind, both.StableFailsToo));
        Assert.Contains("where at most 5 % are allowed", both.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_traffic_at_stable_comparing_is_not_applicable_and_an_absolute_limit_still_judges()
    {
        Assert.Equal(JudgmentKind.NotApplicable, Look(Begin(Compared, comparable: false), Counts(500, 0)).Kind);
        Assert.Equal(JudgmentKind.NotApplicable, Begin(Compared, comparable: false).Look([new MissingMeasurement("http.errors", true, "?")])[0].Kind);
        Assert.Equal(JudgmentKind.Pass, Look(Begin(Errors, comparable: false), Counts(500, 0)).Kind);
        Assert.Equal(JudgmentKind.Fail, Look(Begin(Errors, comparable: false), Counts(500, 100)).Kind);
    }

    [Fact]
    public void A_gate_that_could_not_have_failed_does_not_pass()
    {
        var judgment = Look(Begin(Compared), Counts(500, 0, 1, 0));
        Assert.Equal(JudgmentKind.Inconclusive, judgment.Kind);
        Assert.True(judgment.MoreNeeded > 0);
        Assert.StartsWith("not even a candidate that always fails would have shown", judgment.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_data_is_never_a_pass_and_short_gaps_are_borne()
    {
        var judge = Begin(Errors);
        var gone = new MissingMeasurement("http.errors", Failed: false, "nothing to read");
        var broken = new MissingMeasurement("http.errors", Failed: true, "connection refused");
        Assert.Equal(JudgmentKind.NoData, judge.Look([gone])[0].Kind);
        Assert.Equal(JudgmentKind.Error, judge.Look([broken])[0].Kind);
        Assert.Equal(JudgmentKind.Pass, Look(judge, Counts(1000, 1, 1000, 1)).Kind);
        for (var missed = 1; missed <= 4; missed++)
        {
            Assert.Equal(JudgmentKind.Pass, judge.Look([gone])[0].Kind);
        }

        Assert.Equal(JudgmentKind.Error, judge.Look([broken])[0].Kind);
        Assert.Equal(JudgmentKind.Pass, Look(judge, Counts(10, 0, 10, 0)).Kind);
        judge.BeginStep(1, comparable: true);
        Assert.Equal(JudgmentKind.Inconclusive, judge.Look([])[0].Kind);
    }

    [Fact]
    public void A_latency_is_not_compared_before_stable_has_shown_its_own()
    {
        var judge = Begin(Ratio);
        Assert.Null(judge.ThresholdFor("latency.p99"));
        var judgment = Look(judge, Slow(null, null, stableSeconds: null));
        Assert.Equal(JudgmentKind.Inconclusive, judgment.Kind);
        Assert.Equal("stable has answered too few requests yet to tell its own latency.p99", judgment.Reason);
        Look(judge, Slow(null, null, stableSeconds: 0.2));
        Assert.Equal(0.25, judge.ThresholdFor("latency.p99")!.Value.TotalSeconds, 9);
        judge.BeginStep(1, comparable: true);
        Assert.Equal(0.25, judge.ThresholdFor("latency.p99")!.Value.TotalSeconds, 9);
    }

    [Fact]
    public void More_slow_requests_than_the_quantile_allows_fail_the_ratio()
    {
        var judge = Begin(Ratio);
        Look(judge, Slow(null, null, stableSeconds: 0.2));
        var judgment = Look(judge, Slow(new(500, 40), new(9500, 30), stableSeconds: 0.2));
        Assert.Equal(JudgmentKind.Fail, judgment.Kind);
        Assert.Equal("at most 1.25 times stable", judgment.Limit);
        Assert.Contains("8 % slower than 250 ms against 0.32 % at stable", judgment.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_arms_slowing_down_together_fail_no_ratio_even_where_the_candidate_suffers_a_little_more()
    {
        var judge = Begin(Ratio);
        Look(judge, Slow(null, null, stableSeconds: 0.2));
        var judgment = Look(judge, Slow(new(10_000, 4000), new(90_000, 30_000), stableSeconds: 0.5, candidateSeconds: 0.55));
        Assert.True(judgment.Evidence > judgment.EvidenceNeeded);
        Assert.Equal(JudgmentKind.Pass, judgment.Kind);
    }

    [Fact]
    public void An_absolute_latency_limit_is_a_limit_on_the_share_that_is_slower()
    {
        Assert.Equal(JudgmentKind.Fail, Look(Begin(P99, comparable: false), Above(1000, 60)).Kind);
        var pass = Look(Begin(P99, comparable: false), Above(5000, 10));
        Assert.Equal(JudgmentKind.Pass, pass.Kind);
        Assert.Contains("slower than 400 ms on, where 1 % are allowed", pass.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_and_repeated_gates_are_errors_and_so_are_steps_that_go_back()
    {
        var judge = Begin(Errors);
        Assert.Throws<ArgumentException>(() => judge.Look([new LevelMeasurement("cpu", 1, null)]));
        Assert.Throws<ArgumentException>(() => judge.Look([Counts(1, 0), Counts(1, 0)]));
        Assert.Throws<ArgumentException>(() => judge.Look([new LevelMeasurement("http.errors", 1, null)]));
        Assert.Throws<ArgumentException>(() => judge.ThresholdFor("cpu"));
        judge.BeginStep(1, comparable: true);
        Assert.Throws<ArgumentOutOfRangeException>(() => judge.BeginStep(0, comparable: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => judge.BeginStep(9, comparable: true));
        Assert.Throws<ArgumentException>(() => new Judge(Plan(new Gate { Id = "x", Metric = "no.such.metric", Max = 1 })));
        Assert.Throws<InvalidOperationException>(() => new Judge(Plan(Errors)).Look([]));
    }

    [Fact]
    public void A_judge_that_joins_at_a_later_step_needs_the_same_evidence()
    {
        var all = Begin(Errors);
        all.BeginStep(1, comparable: true);
        var joining = new Judge(Plan(Errors));
        joining.BeginStep(1, comparable: true);
        Assert.Equal(Look(all, Counts(500, 3, 9500, 57)), Look(joining, Counts(500, 3, 9500, 57)));
    }

    [Fact]
    public void The_whole_budget_is_spent_and_no_more()
    {
        var plan = Plan(Errors, P99) with { Steps = 5, ComparableSteps = 4 };
        var budget = new Budget(plan);
        var spent = (2 * Enumerable.Range(0, 5).Sum(budget.Absolute)) + (2 * Enumerable.Range(0, 4).Sum(budget.Comparing));
        Assert.Equal(0.01, spent, 12);
    }

    private static JudgingPlan Plan(params Gate[] gates) => new([.. gates], 0.99, 2, 200, UserUnits: false);

    private static Judge Begin(Gate gate, bool comparable = true)
    {
        var judge = new Judge(Plan(gate));
        judge.BeginStep(0, comparable);
        return judge;
    }

    private static Judgment Look(Judge judge, Measurement measurement) => Assert.Single(judge.Look([measurement]));

    private static CountMeasurement Counts(long candidate, long failed, long stable = 0, long stableFailed = 0) =>
        new("http.errors", new(candidate, failed), new ArmCount(stable, stableFailed));

    private static QuantileMeasurement Slow(ArmCount? candidate, ArmCount? stable, double? stableSeconds, double candidateSeconds = 0.2) =>
        new("latency.p99", null, null, candidate, stable, new(candidateSeconds, null, null), stableSeconds is { } seconds ? new QuantileValue(seconds, null, null) : null);

    private static QuantileMeasurement Above(long units, long slower) =>
        new("latency.p99", new(units, slower), null, null, null, new(0.3, 0.2, 0.4), null);
}

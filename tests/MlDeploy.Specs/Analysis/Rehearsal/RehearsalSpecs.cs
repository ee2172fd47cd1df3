using System.Text.Json;
using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Analysis.Simulation;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Analysis.Rehearsals;

/// <summary>What rehearsing a manifest says, against what is known of the judge.</summary>
public sealed class RehearsalSpecs
{
    private const string Short = "steps: [ { weight: 10%, for: 2m }, { weight: 50%, for: 2m } ], bake: 1m";

    private const string Gates =
        "gates: [ { metric: http.errors, max: 5%, maxIncrease: 0.5% }, { metric: latency.p99, max: 2s, maxRatio: 1.25 }, { metric: restarts, max: 0 } ]";

    [Fact]
    public void The_same_seed_gives_the_same_report_and_another_seed_another()
    {
        var first = Run(Short, 50, ["http.errors=1%..10%"], runs: 60);

        Assert.Equal(Text(first), Text(Run(Short, 50, ["http.errors=1%..10%"], runs: 60)));
        Assert.NotEqual(Text(first), Text(Run(Short, 50, ["http.errors=1%..10%"], runs: 60, seed: 2)));
    }

    [Fact]
    public void A_glaring_fault_is_caught_always_and_soon_and_costs_little()
    {
        var report = Run(Short, 50, ["http.errors=1%..20%"]);

        Assert.Equal(1, report.Caught);
        Assert.InRange(report.Median!.Value.TotalSeconds, 2, 30);
        Assert.InRange(report.BadAnswers, 3, 30);
        Assert.InRange(report.ExcessBadAnswers / report.BadAnswers, 0.85, 1);
        Assert.Equal(1, report.Steps[0].CaughtHere);
        Assert.Empty(report.Advice);
        Assert.Equal(1, report.Gates.Single(gate => gate.Gate == "http.errors").Caught);
        Assert.InRange(report.Gates.Single(gate => gate.Gate == "latency.p99").Caught!.Value, 0, 0.02);
        Assert.Equal("a rule", report.Gates.Single(gate => gate.Gate == "restarts").NotRehearsed);
    }

    [Fact]
    public void A_harmless_version_is_let_through_as_promised()
    {
        var harmless = Run(Short, 50, ["http.errors=1%..20%"], runs: 500).Harmless;

        Assert.InRange(harmless.RolledBack, 0, 5);
        Assert.Equal(0.01, harmless.Promised, 9);
        Assert.InRange(harmless.AtMost, 0.001, 0.03);
        Assert.Equal(0, harmless.Inconclusive);
    }

    [Fact]
    public void Slowness_is_caught_by_the_latency_gate_after_the_warm_up()
    {
        var report = Run("warmup: 30s, " + Short, 50, ["latency.p99=x2"]);

        Assert.InRange(report.Caught, 0.99, 1);
        Assert.InRange(report.Gates.Single(gate => gate.Gate == "latency.p99").Median!.Value.TotalSeconds, 30, 120);
        Assert.Contains("latency, lognormal: p50 50 ms at stable, 100 ms at the candidate, p99 160 ms at stable, 320 ms at the candidate", report.Imagined);
    }

    [Fact]
    public void Chances_add_up()
    {
        var report = Run(Short, 20, ["http.errors=1%..3%"], runs: 60);

        Assert.Equal(1, report.Caught + report.Inconclusive + report.Promoted, 9);
        Assert.Equal(report.Caught, report.Steps[^1].CaughtSoFar, 9);
        Assert.Equal(report.Caught, report.Steps.Sum(step => step.CaughtHere), 9);
        Assert.Equal(report.Inconclusive, report.Steps.Sum(step => step.Inconclusive), 9);
    }

    [Fact]
    public void Too_little_traffic_is_said_and_longer_steps_are_proposed_that_do()
    {
        var report = Run("patience: 1m, " + Short, 5, ["http.errors=1%..5%"]);

        Assert.InRange(report.Caught, 0, 0.9);
        Assert.InRange(report.Harmless.Inconclusive, 0.5, 1);
        Assert.Contains("minimumRequests is 200", report.Advice[0], StringComparison.Ordinal);
        var steps = report.Advice.First(advice => advice.StartsWith("held longer", StringComparison.Ordinal));
        var proposed = Run("patience: 1m, bake: 1m, " + steps[steps.IndexOf("steps:", StringComparison.Ordinal)..], 5, ["http.errors=1%..5%"]);
        Assert.InRange(proposed.Caught, 0.8, 1);
        Assert.InRange(proposed.Harmless.Inconclusive, 0, 0.2);
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public void A_feature_that_moves_is_caught_by_its_gate_and_every_answer_to_it_counts_as_bad()
    {
        var report = Model("model.inputs.drift=0.5sd");

        Assert.InRange(report.Caught, 0.85, 1);
        Assert.InRange(report.Gates.Single(gate => gate.Gate == "model.inputs.drift").MedianRequests!.Value, 600, 2000);
        Assert.Equal(report.CandidateRequests, report.BadAnswers, 1);
        Assert.Contains("model.inputs.drift: moved by 0.5 standard deviations, a distance of 0.33, in one of 50 features", report.Imagined);
        Assert.Equal("no effect on it", report.Gates.Single(gate => gate.Gate == "model.inputs.missing").NotRehearsed);
        Assert.Equal(0, report.Harmless.RolledBack);
    }

    [Theory(Explicit = true)]
    [Trait("run", "soak")]
    [InlineData("model.inputs.drift=x1000", "model.inputs.drift", 1, 40)]
    [InlineData("model.inputs.missing=1%..10%", "model.inputs.missing", 100, 400)]
    [InlineData("model.prediction.invalid=0%..0.5%", "model.prediction.invalid", 50, 400)]
    [InlineData("model.prediction.drift=1sd", "model.prediction.drift", 50, 400)]
    public void Faults_of_the_model_are_caught_in_as_many_requests_as_their_gates_need(string effect, string gate, long least, long most)
    {
        var report = Model(effect);

        Assert.InRange(report.Caught, 0.9, 1);
        Assert.InRange(report.Gates.Single(one => one.Gate == gate).MedianRequests!.Value, least, most);
    }

    [Fact]
    public void Its_times_are_those_of_a_simulation_request_by_request_through_real_histograms()
    {
        var minutes = new double[60];
        Parallel.For(0, minutes.Length, run => minutes[run] = new LatencyScenario("half as slow again", (seconds, _, _) => 1.5 * seconds).Run(run));
        Array.Sort(minutes);

        var median = Run("bake: 10m, steps: [ { weight: 5%, for: 30m } ]", 50, ["latency.p99=x1.5"], runs: 400).Median!.Value.TotalMinutes;

        Assert.InRange(median / minutes[29], 0.75, 1.35);
    }

    [Fact]
    public void Its_times_are_those_of_the_scenarios_that_judging_is_measured_with()
    {
        var scenario = Scenarios.All["1% → 5%, 50 req/s"].Scenario;
        var tally = Tally.Of(scenario, 200, run => new JudgeRule(scenario, new Random(run + 1_000_000)));

        var median = Run("bake: 10m, steps: [ { weight: 5%, for: 30m } ]", 50, ["http.errors=1%..5%"], runs: 400).Median!.Value.TotalMinutes;

        Assert.InRange(median / tally.MedianMinutes, 0.75, 1.35);
    }

    [Theory]
    [InlineData("http.errors", "names no metric and change")]
    [InlineData("http.error=1%..2%", "there is no metric http.error")]
    [InlineData("restarts=x2", "restarts cannot be rehearsed")]
    [InlineData("http.errors=1..3", "is no change of http.errors")]
    [InlineData("http.errors=1%..300%", "is no change of http.errors")]
    [InlineData("model.inputs.schema=x2", "model.inputs.schema cannot be rehearsed")]
    [InlineData("model.inputs.drift=0.1..0.3", "is no change of model.inputs.drift")]
    [InlineData("model.inputs.drift=0sd", "is no change of model.inputs.drift")]
    [InlineData("model.inputs.missing=0.5sd", "is no change of model.inputs.missing")]
    [InlineData("latency.p99=x0", "is no change of latency.p99")]
    [InlineData("latency.p99=160..240ms", "is no change of latency.p99")]
    public void An_effect_that_cannot_be_read_says_what_can(string effect, string complaint)
    {
        var refused = Assert.Throws<ExpectedException>(() => Effect.Read(effect));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remedy);
    }

    [Theory]
    [InlineData("http.errors=3%..1%")]
    [InlineData("http.slow=1%..3%")]
    [InlineData("latency.p50=x1.2", "latency.p99=x1.5")]
    [InlineData("http.errors=x2000")]
    [InlineData("model.inputs.drift=1sd")]
    public void Effects_that_nothing_judges_or_that_do_not_fit_together_are_refused(params string[] effects) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<ExpectedException>(() => Run(Short, 50, effects)).ExitCode);

    [Theory]
    [InlineData(0.5, 0.05)]
    [InlineData(0.9, 0.0949)]
    [InlineData(0.99, 0.16)]
    public void The_imagined_latencies_have_the_tails_they_should(double quantile, double seconds)
    {
        var model = LatencyModel.Through(0.99, 0.16);

        Assert.Equal(seconds, model.Quantile(quantile), 3);
        Assert.Equal(1 - quantile, model.SlowerThan(model.Quantile(quantile)), 6);
    }

    [Theory]
    [InlineData(100, 0.3)]
    [InlineData(100_000, 0.3)]
    [InlineData(100_000, 0.9)]
    public void Draws_have_the_mean_and_the_spread_they_should(long n, double p)
    {
        var random = new Random(5);
        var draws = Enumerable.Range(0, 4000).Select(_ => (double)random.Binomial(n, p)).ToArray();
        var spread = Math.Sqrt(draws.Average(draw => Math.Pow(draw - draws.Average(), 2)));

        Assert.InRange(draws.Average(), (n * p) - (0.07 * Math.Sqrt(n * p * (1 - p))), (n * p) + (0.07 * Math.Sqrt(n * p * (1 - p))));
        Assert.InRange(spread / Math.Sqrt(n * p * (1 - p)), 0.95, 1.05);
    }

    private static RehearsalReport Model(string effect)
    {
        var manifest = Reading.Valid(
            Reading.WithRollout($"{{ strategy: canary, {Short}, gates: [ {{ metric: http.errors, max: 5%, maxIncrease: 0.5% }}, {{ metric: model.inputs.drift, max: 0.2 }}, {{ metric: model.inputs.missing, maxIncrease: 2% }}, {{ metric: model.prediction.invalid, max: 0 }}, {{ metric: model.prediction.drift, max: 0.15 }} ] }}"),
            set: ["model.profile=p.json", "model.prediction=$.p"]);
        return Rehearsal.Run(new RehearsalRequest(manifest, 50, [Effect.Read(effect)], 25, 1), _ => { }, CancellationToken.None);
    }

    private static RehearsalReport Run(string steps, double rate, string[] effects, int runs = 200, int seed = 1)
    {
        var manifest = Reading.Valid(Reading.WithRollout($"{{ strategy: canary, {steps}, {Gates} }}"));
        return Rehearsal.Run(new RehearsalRequest(manifest, rate, [.. effects.Select(Effect.Read)], runs, seed), _ => { }, CancellationToken.None);
    }

    private static string Text(RehearsalReport report) => JsonSerializer.Serialize(report, RehearsalReport.Json);
}

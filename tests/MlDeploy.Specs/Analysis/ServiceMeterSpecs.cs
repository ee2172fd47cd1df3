using MlDeploy.Core.Analysis.Rehearsal;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Analysis;

public sealed class ServiceMeterSpecs
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ImmutableArray<Gate> Gates =
    [
        new() { Id = "http.errors", Metric = "http.errors", Max = 0.05, MaxIncrease = 0.005 },
        new() { Id = "http.slow", Metric = "http.slow", MaxIncrease = 0.02, SlowerThan = TimeSpan.FromSeconds(0.3) },
        new() { Id = "latency.p50", Metric = "latency.p50", Max = 0.1, MaxRatio = 1.5 },
        new() { Id = "latency.p99", Metric = "latency.p99", Max = 0.5, MaxRatio = 1.5 },
        new() { Id = "cpu", Metric = "cpu", Max = 0.9 },
        new() { Id = "memory", Metric = "memory", Max = 0.9, MaxRatio = 2 },
        new() { Id = "cpu.perRequest", Metric = "cpu.perRequest", MaxRatio = 2 },
        new() { Id = "memory.growth", Metric = "memory.growth", Max = 1e6 },
        new() { Id = "restarts", Metric = "restarts", Max = 0 },
        new() { Id = "health", Metric = "health", Min = 1 },
    ];

    [Fact]
    public void Readings_subtract_to_the_counts_of_an_interval()
    {
        var (meter, judge) = Begin(warm: true, Reading(0, Arm(100, 3), Arm(1000, 9)));
        var counts = Of<CountMeasurement>(meter.Measure(Reading(2, Arm(150, 5), Arm(2000, 19)), true, judge), "http.errors");
        Assert.Equal(new ArmCount(50, 2), counts.Candidate);
        Assert.Equal(new ArmCount(1000, 10), counts.Stable);
    }

    [Fact]
    public void During_warm_up_errors_count_and_latency_and_cpu_of_both_arms_do_not()
    {
        var (meter, judge) = Begin(warm: false, Reading(0, Arm(0, 0), Arm(0, 0)));
        foreach (var warm in new[] { false, true })
        {
            // The interval in which the warm-up ends is not wholly after it.
            var seconds = warm ? 4 : 2;
            var measured = meter.Measure(Reading(seconds, Arm(50 * seconds, seconds, slow: 9 * seconds), Arm(500 * seconds, 0)), warm, judge);
            Assert.Equal(new ArmCount(100, 2), Of<CountMeasurement>(measured, "http.errors").Candidate);
            Assert.Equal(default, Of<CountMeasurement>(measured, "http.slow").Candidate);
            Assert.Equal(default(ArmCount), Of<CountMeasurement>(measured, "http.slow").Stable);
            Assert.Null(Of<QuantileMeasurement>(measured, "latency.p99").CandidateValue);
            Assert.Null(Of<QuantileMeasurement>(measured, "latency.p99").StableValue);
            Assert.DoesNotContain(measured, measurement => measurement.Gate is "cpu" or "cpu.perRequest" or "memory.growth");
        }

        var later = meter.Measure(Reading(6, Arm(300, 6, slow: 40), Arm(3000, 0)), true, judge);
        Assert.Equal(new ArmCount(100, 4), Of<CountMeasurement>(later, "http.slow").Candidate);
        Assert.Contains(later, measurement => measurement.Gate == "cpu");
    }

    [Fact]
    public void A_latency_threshold_counts_from_the_interval_after_it_is_known()
    {
        var (meter, judge) = Begin(warm: true, Reading(0, Arm(0, 0), Arm(0, 0)));
        var first = meter.Measure(Reading(2, Arm(100, 0), Arm(1000, 0)), true, judge);
        Assert.Null(Of<QuantileMeasurement>(first, "latency.p99").RatioCandidate);
        Assert.NotNull(Of<QuantileMeasurement>(first, "latency.p99").StableValue);
        judge.Look(first);
        var second = Of<QuantileMeasurement>(meter.Measure(Reading(4, Arm(200, 0, slow: 12), Arm(2000, 0)), true, judge), "latency.p99");
        Assert.Equal(new ArmCount(100, 12), second.RatioCandidate);
        Assert.Equal(new ArmCount(1000, 0), second.RatioStable);
        Assert.InRange(second.CandidateValue!.Value.Value, 0.4, 0.41);
        Assert.InRange(second.StableValue!.Value.Value, 0.05, 0.051);
    }

    [Fact]
    public void Levels_are_shares_of_what_the_manifest_gives_each_instance()
    {
        var (meter, judge) = Begin(warm: true, Reading(0, Arm(0, 0), Arm(0, 0)));
        var process = new ProcessReading(TimeSpan.FromSeconds(1), 512L << 20, 1, 2, 1, Start);
        var measured = meter.Measure(Reading(2, Arm(100, 0) with { Process = process }, Arm(1000, 0)), true, judge);
        Assert.Equal(0.5, Of<LevelMeasurement>(measured, "cpu").Candidate, 9);
        Assert.Equal(0.25, Of<LevelMeasurement>(measured, "memory").Candidate, 9);
        Assert.Equal(0.01, Of<LevelMeasurement>(measured, "cpu.perRequest").Candidate, 9);
        Assert.Equal(256 << 20, Of<TrendMeasurement>(measured, "memory.growth").Candidate);
        Assert.Equal(2, Of<TrendMeasurement>(measured, "memory.growth").Age);
        Assert.Equal(1, Of<LevelMeasurement>(measured, "restarts").Candidate);
        Assert.Equal(0.5, Of<LevelMeasurement>(measured, "health").Candidate);
    }

    [Fact]
    public void Counts_that_begin_anew_are_a_gap_and_never_negative()
    {
        var (meter, judge) = Begin(warm: true, Reading(0, Arm(1000, 50), Arm(9000, 9)));
        var gap = meter.Measure(Reading(2, Arm(5, 0), Arm(9100, 9)), true, judge);
        foreach (var gate in new[] { "http.errors", "http.slow", "latency.p50", "latency.p99", "cpu" })
        {
            Assert.False(Of<MissingMeasurement>(gap, gate).Failed);
        }

        var after = Of<CountMeasurement>(meter.Measure(Reading(4, Arm(15, 1), Arm(9200, 10)), true, judge), "http.errors");
        Assert.Equal(new ArmCount(10, 1), after.Candidate);
        Assert.Equal(new ArmCount(100, 1), after.Stable);
    }

    [Fact]
    public void A_clock_that_jumps_back_and_memory_that_cannot_be_read_are_gaps()
    {
        var (meter, judge) = Begin(warm: true, Reading(0, Arm(0, 0), Arm(0, 0)));
        var blind = Arm(10, 0) with { Process = new ProcessReading(TimeSpan.Zero, null, 0, 1, 1, Start) };
        var measured = meter.Measure(Reading(-60, blind, Arm(10, 0)), true, judge);
        Assert.IsType<MissingMeasurement>(measured.Single(measurement => measurement.Gate == "cpu"));
        Assert.IsType<MissingMeasurement>(measured.Single(measurement => measurement.Gate == "memory"));
        Assert.IsType<MissingMeasurement>(measured.Single(measurement => measurement.Gate == "memory.growth"));
        Assert.Equal(new ArmCount(10, 0), Of<CountMeasurement>(measured, "http.errors").Candidate);
    }

    [Fact]
    public void Under_stickiness_units_are_users_and_a_gateway_that_counts_none_is_an_error()
    {
        var (meter, judge) = Begin(warm: true, Reading(0, Arm(100, 3), Arm(1000, 9)), users: true);
        var missing = Of<MissingMeasurement>(meter.Measure(Reading(2, Arm(150, 5), Arm(2000, 19)), true, judge), "http.errors");
        Assert.True(missing.Failed);

        (meter, judge) = Begin(warm: true, Reading(0, Users(70, 70), Users(70, 70)), users: true);
        Assert.Equal(new ArmCount(20, 2), Of<CountMeasurement>(meter.Measure(Reading(2, Users(20, 2), Users(200, 3)), true, judge), "http.errors").Candidate);
        var counts = Of<CountMeasurement>(meter.Measure(Reading(4, Users(25, 9), Users(300, 3)), true, judge), "http.errors");
        Assert.Equal(new ArmCount(5, 7), counts.Candidate);
        Assert.Equal(new ArmCount(100, 0), counts.Stable);
    }

    [Fact]
    public void A_first_deployment_is_measured_without_stable()
    {
        var judge = new Judge(new JudgingPlan(Gates, 0.99, 1, 200, UserUnits: false));
        judge.BeginStep(0, comparable: false);
        var meter = new ServiceMeter(Gates, new ResourceSettings(), userUnits: false);
        meter.BeginStep(Reading(0, Arm(0, 0), null), warm: true);
        var judgments = judge.Look(meter.Measure(Reading(2, Arm(5000, 5), null), true, judge));
        Assert.Equal(JudgmentKind.Pass, judgments.Single(judgment => judgment.Gate == "http.errors").Kind);
        Assert.Equal(JudgmentKind.NotApplicable, judgments.Single(judgment => judgment.Gate == "http.slow").Kind);
        Assert.Equal(JudgmentKind.Pass, judgments.Single(judgment => judgment.Gate == "latency.p99").Kind);
    }

    [Fact]
    public void Measurements_read_back_from_json_give_identical_judgments()
    {
        var (lines, judged) = Rollout(looks: 60);
        var replayed = new Judge(Plan());
        replayed.BeginStep(0, comparable: true);
        for (var look = 0; look < lines.Count; look++)
        {
            if (look == 30)
            {
                replayed.BeginStep(1, comparable: true);
            }

            var read = JsonSerializer.Deserialize<ImmutableArray<Measurement>>(lines[look]);
            Assert.Equal(judged[look], replayed.Look(read));
        }

        Assert.Contains(judged, judgments => judgments.Any(judgment => judgment.Kind == JudgmentKind.Pass));
        Assert.Equal(JsonSerializer.Serialize(judged[^1]), JsonSerializer.Serialize(JsonSerializer.Deserialize<ImmutableArray<Judgment>>(JsonSerializer.Serialize(judged[^1]))));
    }

    /// <summary>The fastest of twenty rounds, so that a busy machine does not decide; it takes about a twentieth of the limit.</summary>
    [Fact]
    public void A_look_at_ten_gates_costs_less_than_a_millisecond_of_this_thread()
    {
        var (lines, _) = Rollout(looks: 60);
        var looks = lines.Select(line => JsonSerializer.Deserialize<ImmutableArray<Measurement>>(line)).ToArray();
        var judge = new Judge(Plan());
        judge.BeginStep(0, comparable: true);
        var fastest = Enumerable.Range(0, 20).Min(_ =>
        {
            var watch = Stopwatch.StartNew();
            foreach (var look in looks)
            {
                judge.Look(look);
            }

            return watch.Elapsed.TotalMilliseconds / looks.Length;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{fastest * 1000:0} µs a look at ten gates");
        Assert.InRange(fastest, 0, 1);
    }

    private static (List<string> Lines, List<ImmutableArray<Judgment>> Judged) Rollout(int looks)
    {
        var random = new Random(5);
        var (meter, judge) = Begin(warm: false, Reading(0, Arm(0, 0), Arm(0, 0)));
        var (candidate, stable) = ((N: 0L, Failed: 0L, Slow: 0L), (N: 0L, Failed: 0L, Slow: 0L));
        var (lines, judged) = (new List<string>(), new List<ImmutableArray<Judgment>>());
        for (var look = 0; look < looks; look++)
        {
            if (look == looks / 2)
            {
                judge.BeginStep(1, comparable: true);
                meter.BeginStep(Reading(2 * look, Arm(candidate.N, candidate.Failed, candidate.Slow), Arm(stable.N, stable.Failed, stable.Slow)), warm: true);
            }

            candidate = (candidate.N + 100, candidate.Failed + random.Binomial(100, 0.01), candidate.Slow + random.Binomial(100, 0.004));
            stable = (stable.N + 900, stable.Failed + random.Binomial(900, 0.01), stable.Slow + random.Binomial(900, 0.004));
            var reading = Reading(2 * (look + 1), Arm(candidate.N, candidate.Failed, candidate.Slow), Arm(stable.N, stable.Failed, stable.Slow));
            var measured = meter.Measure(reading, warm: look > 5, judge).ToImmutableArray();
            lines.Add(JsonSerializer.Serialize(measured));
            judged.Add(judge.Look(measured));
        }

        return (lines, judged);
    }

    private static JudgingPlan Plan(bool users = false) => new(Gates, 0.99, 3, 200, users, ComparableSteps: 2);

    private static (ServiceMeter Meter, Judge Judge) Begin(bool warm, TargetReading start, bool users = false)
    {
        var judge = new Judge(Plan(users));
        judge.BeginStep(0, comparable: true);
        var meter = new ServiceMeter(Gates, new ResourceSettings(), users);
        meter.BeginStep(start, warm);
        return (meter, judge);
    }

    private static TargetReading Reading(double seconds, ArmReading candidate, ArmReading? stable) => new(Start.AddSeconds(seconds), candidate, stable);

    /// <summary>All requests take 50 ms, the slow ones 400 ms; a millisecond of CPU each.</summary>
    private static ArmReading Arm(long requests, long failures, long slow = 0) => new(
        requests, failures, Latencies(requests - slow, slow), null, new ProcessReading(TimeSpan.FromMilliseconds(requests), 64L << 20, 0, 1, 1, Start));

    private static ArmReading Users(long users, long failing) =>
        Arm(1000, 0) with { Users = new UserReading(users, failing, Latencies(users, 0)) };

    private static LatencyHistogram Latencies(long fast, long slow)
    {
        var counts = new long[LatencyScale.Size];
        counts[LatencyScale.BucketOf(50_000)] = fast;
        counts[LatencyScale.BucketOf(400_000)] = slow;
        return new LatencyHistogram(ImmutableArray.Create(counts));
    }

    private static TMeasurement Of<TMeasurement>(IReadOnlyList<Measurement> measured, string gate)
        where TMeasurement : Measurement => Assert.IsType<TMeasurement>(measured.Single(measurement => measurement.Gate == gate));
}

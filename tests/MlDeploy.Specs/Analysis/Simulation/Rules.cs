using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Analysis.Simulation;

/// <summary>A way to decide on a rollout while it goes on.</summary>
internal interface IRule
{
    /// <summary>Takes one interval; true to roll back now.</summary>
    bool RollsBack(int step, double minute, Interval counts);
}

/// <summary>Our judge with two gates: the errors of the trace, and a latency on which the arms are alike.</summary>
internal sealed class JudgeRule : IRule
{
    /// <summary>Share of requests slower than 1.25 times the p99, in both arms: a lognormal latency with σ = 0.5.</summary>
    private const double SlowShare = 0.0028;

    private readonly Judge judge;
    private readonly Random random;
    private int step = -1;

    public JudgeRule(Scenario scenario, Random random)
    {
        this.random = random;
        Gate[] gates =
        [
            new() { Id = "http.errors", Metric = "http.errors", Max = scenario.Max, MaxIncrease = 0.005 },
            new() { Id = "latency.p99", Metric = "latency.p99", MaxRatio = 1.25 },
        ];
        judge = new Judge(new JudgingPlan([.. gates], 0.99, scenario.Steps.Length + 1, 200, UserUnits: false, scenario.Steps.Length));
    }

    public bool RollsBack(int step, double minute, Interval counts)
    {
        if (step != this.step)
        {
            this.step = step;
            judge.BeginStep(step, comparable: true);
        }

        return judge.Look([
            new CountMeasurement("http.errors", counts.Candidate, counts.Stable),
            new QuantileMeasurement("latency.p99", null, null, Slow(counts.Candidate), Slow(counts.Stable), new(0.1, null, null), new(0.1, null, null)),
        ]).Any(judgment => judgment.Kind == JudgmentKind.Fail);
    }

    private ArmCount Slow(ArmCount arm) => new(arm.Units, random.Binomial(arm.Units, SlowShare));
}

/// <summary>Adds intervals up to whole minutes, in which the rivals look.</summary>
internal abstract class MinuteRule(double lookSeconds) : IRule
{
    private readonly int looksPerMinute = (int)Math.Round(60 / lookSeconds);
    private ArmCount candidate;
    private ArmCount stable;
    private int looks;

    public bool RollsBack(int step, double minute, Interval counts)
    {
        candidate += counts.Candidate;
        stable += counts.Stable;
        if (++looks % looksPerMinute != 0)
        {
            return false;
        }

        var ended = new Interval(candidate, stable);
        (candidate, stable) = (default, default);
        return RollsBack(looks / looksPerMinute, ended);
    }

    protected abstract bool RollsBack(int minute, Interval counts);
}

/// <summary>
/// Argo Rollouts: success rate of the last five minutes at the canary, measured every minute, at least 95 %; failureLimit 0.
/// Nothing measured is no failure.
/// </summary>
internal sealed class ArgoRule(double lookSeconds) : MinuteRule(lookSeconds)
{
    private readonly Queue<ArmCount> window = new();

    protected override bool RollsBack(int minute, Interval counts)
    {
        window.Enqueue(counts.Candidate);
        if (window.Count > 5)
        {
            window.Dequeue();
        }

        var sum = window.Aggregate((left, right) => left + right);
        return sum.Units > 0 && sum.Events > 0.05 * sum.Units;
    }
}

/// <summary>Flagger: success rate of the last minute at least 99 %; a failed check adds one, a success never subtracts; no data is a failure; five roll back.</summary>
internal sealed class FlaggerRule(double lookSeconds) : MinuteRule(lookSeconds)
{
    private int failed;

    protected override bool RollsBack(int minute, Interval counts)
    {
        failed += counts.Candidate.Units == 0 || counts.Candidate.Events > 0.01 * counts.Candidate.Units ? 1 : 0;
        return failed >= 5;
    }
}

/// <summary>
/// Kayenta: error rates by the minute, canary against baseline since the beginning, looked at every five minutes: the 98 % interval of the Hodges–Lehmann
/// shift (Mann–Whitney, normal approximation with continuity correction) lies above a quarter of the shift. Minutes without requests are no data.
/// </summary>
internal sealed class KayentaRule(double lookSeconds) : MinuteRule(lookSeconds)
{
    private const double NormalQuantile = 2.3263;
    private readonly List<double> canary = [];
    private readonly List<double> baseline = [];

    protected override bool RollsBack(int minute, Interval counts)
    {
        Add(canary, counts.Candidate);
        Add(baseline, counts.Stable);
        return minute % 5 == 0 && canary.Count > 0 && baseline.Count > 0 && !canary.SequenceEqual(baseline) && IsHigh();
    }

    private static void Add(List<double> rates, ArmCount arm)
    {
        if (arm.Units > 0)
        {
            rates.Add((double)arm.Events / arm.Units);
        }
    }

    private bool IsHigh()
    {
        var differences = canary.SelectMany(high => baseline.Select(low => high - low)).Order().ToArray();
        var estimate = (differences[(differences.Length - 1) / 2] + differences[differences.Length / 2]) / 2;
        double m = canary.Count;
        double n = baseline.Count;
        var spread = Math.Sqrt(m * n * (m + n + 1 - Ties(m + n)) / 12);
        var rank = (m * n / 2) - (NormalQuantile * spread) - 0.5;
        var lower = rank < 0 ? double.NegativeInfinity : differences[(int)Math.Floor(rank)];
        return lower > 0.25 * Math.Abs(estimate);
    }

    /// <summary>Correction of the variance for equal values.</summary>
    private double Ties(double all) =>
        canary.Concat(baseline).CountBy(rate => rate).Sum(tie => Math.Pow(tie.Value, 3) - tie.Value) / (all * (all - 1));
}

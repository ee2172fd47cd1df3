using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Analysis;

public sealed class RuleSpecs
{
    private const double Mebibyte = 1024 * 1024;

    [Fact]
    public void Cpu_fails_after_five_samples_running_beyond_its_limit()
    {
        var judge = Begin(new Gate { Id = "cpu", Metric = "cpu", Max = 0.8 });
        Assert.Equal([Open, Open, Open, Open, JudgmentKind.Pass], Kinds(judge, "cpu", 0.9, 0.9, 0.9, 0.9, 0.5));
        Assert.Equal([JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Fail], Kinds(judge, "cpu", 0.9, 0.9, 0.9, 0.9, 0.9));
    }

    [Fact]
    public void Memory_is_compared_where_stable_has_some_and_a_reading_without_it_is_no_pass()
    {
        var judge = Begin(new Gate { Id = "memory", Metric = "memory", MaxRatio = 1.5 });
        for (var reading = 0; reading < 9; reading++)
        {
            Assert.Equal(Open, judge.Look([new LevelMeasurement("memory", 0.2, null)])[0].Kind);
        }

        var kinds = Enumerable.Range(0, 5).Select(_ => judge.Look([new LevelMeasurement("memory", 0.4, 0.2)])[0].Kind).ToArray();
        Assert.Equal([Open, Open, Open, Open, JudgmentKind.Fail], kinds);
    }

    [Fact]
    public void Restarts_and_health_fail_at_once()
    {
        Assert.Equal([JudgmentKind.Pass, JudgmentKind.Fail], Kinds(Begin(new Gate { Id = "restarts", Metric = "restarts", Max = 0 }), "restarts", 0, 1));
        Assert.Equal([JudgmentKind.Pass, JudgmentKind.Fail], Kinds(Begin(new Gate { Id = "health", Metric = "health", Min = 1 }), "health", 1, 0.5));
    }

    [Fact]
    public void What_others_measure_fails_after_three_readings_running()
    {
        var judge = Begin(new Gate { Id = "prometheus:conversions", Metric = "prometheus", Name = "conversions", Min = 0.02 });
        Assert.Equal([Open, Open, JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Fail], Kinds(judge, "prometheus:conversions", 0.01, 0.01, 0.03, 0.01, 0.01, 0.01));
    }

    [Fact]
    public void A_command_without_a_limit_is_judged_by_its_exit_code()
    {
        var judge = Begin(new Gate { Id = "command:contract", Metric = "command", Command = ["./check.sh"] });
        Assert.Equal([Open, Open, JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Pass, JudgmentKind.Fail], Kinds(judge, "command:contract", 0, 0, 0, 1, 1, 1));
        Assert.Equal("exit code 0", judge.Look([])[0].Limit);
    }

    [Fact]
    public void A_number_that_is_none_is_an_error() =>
        Assert.Equal([JudgmentKind.Error], Kinds(Begin(new Gate { Id = "http:x", Metric = "http", Max = 1 }), "http:x", double.NaN));

    [Fact]
    public void A_leak_fails_soon_after_its_rise_is_no_longer_harmless()
    {
        var failedAt = FirstFail(age => 100 + (0.5 * age));
        Assert.InRange(failedAt, 32, 60);
    }

    [Theory]
    [InlineData("level")]
    [InlineData("filling up")]
    [InlineData("saw teeth")]
    [InlineData("one jump")]
    [InlineData("a leak below the limit")]
    public void What_is_no_leak_does_not_fail(string kind)
    {
        Func<double, double> memory = kind switch
        {
            "level" => _ => 100,
            "filling up" => age => 100 + (60 * (1 - Math.Exp(-age / 20))),
            "saw teeth" => age => 100 + (age % 30),
            "one jump" => age => age > 100 ? 180 : 100,
            _ => age => 100 + (age * 0.06),
        };
        Assert.Equal(double.PositiveInfinity, FirstFail(memory));
    }

    [Fact]
    public void A_new_process_begins_a_new_life_and_a_new_step_does_not()
    {
        var judge = Begin(Growth);
        for (var age = 10.0; age < 30; age += 2)
        {
            judge.Look([new TrendMeasurement("memory.growth", age, (100 + age) * Mebibyte)]);
        }

        judge.BeginStep(1, comparable: true);
        for (var age = 30.0; age < 38; age += 2)
        {
            // Beyond the limit from the first look on that has a slope, but not yet for long enough: never a pass.
            Assert.Equal(Open, judge.Look([new TrendMeasurement("memory.growth", age, (100 + age) * Mebibyte)])[0].Kind);
        }

        Assert.Equal(JudgmentKind.Fail, judge.Look([new TrendMeasurement("memory.growth", 38, 138 * Mebibyte)])[0].Kind);
        Assert.Equal(Open, judge.Look([new TrendMeasurement("memory.growth", 2, 60 * Mebibyte)])[0].Kind);
    }

    private const JudgmentKind Open = JudgmentKind.Inconclusive;

    /// <summary>5 MiB per minute.</summary>
    private static Gate Growth { get; } = new() { Id = "memory.growth", Metric = "memory.growth", Max = 5 * Mebibyte / 60 };

    private static double FirstFail(Func<double, double> mebibytesAtAge)
    {
        var (judge, random) = (Begin(Growth), new Random(1));
        for (var age = 10.0; age < 1200; age += 2)
        {
            var memory = (mebibytesAtAge(age) + (0.5 * random.Normal())) * Mebibyte;
            if (judge.Look([new TrendMeasurement("memory.growth", age, memory)])[0].Kind == JudgmentKind.Fail)
            {
                return age;
            }
        }

        return double.PositiveInfinity;
    }

    private static Judge Begin(Gate gate)
    {
        var judge = new Judge(new JudgingPlan([gate], 0.99, 2, 200, UserUnits: false));
        judge.BeginStep(0, comparable: true);
        return judge;
    }

    private static JudgmentKind[] Kinds(Judge judge, string gate, params double[] levels) =>
        [.. levels.Select(level => judge.Look([new LevelMeasurement(gate, level, null)])[0].Kind)];
}

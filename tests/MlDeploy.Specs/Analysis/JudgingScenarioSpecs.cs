using MlDeploy.Specs.Analysis.Simulation;

namespace MlDeploy.Specs.Analysis;

/// <summary>What judging promises, simulated: 500 deployments a scenario here, 10,000 in the soak run.</summary>
public sealed class JudgingScenarioSpecs
{
    private const int Few = 500;
    private const int Many = 10_000;

    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Harmless_versions_stay_and_bad_ones_go(string name)
    {
        var (scenario, expected) = Scenarios.All[name];
        Assert.Null(Complaint(name, Ours(scenario, scenario.LookSeconds < 10 ? Few / 5 : Few), expected));
    }

    [Theory]
    [Trait("run", "soak")]
    [MemberData(nameof(Names), Explicit = true)]
    public void Harmless_versions_stay_and_bad_ones_go_in_ten_thousand_deployments_beside_the_rivals(string name)
    {
        var (scenario, expected) = Scenarios.All[name];
        var ours = Ours(scenario, Many);
        MeasurementsFile.Add(
            "Error rates, 10,000 simulated deployments a scenario",
            "| scenario | rule | rolled back | median minutes | bad answers |",
            Row(name, "mldeploy", ours),
            Row(name, "Argo Rollouts", Tally.Of(scenario, Many, _ => new ArgoRule(scenario.LookSeconds))),
            Row(name, "Flagger", Tally.Of(scenario, Many, _ => new FlaggerRule(scenario.LookSeconds))),
            Row(name, "Kayenta", Tally.Of(scenario, Many, _ => new KayentaRule(scenario.LookSeconds))));
        Assert.Null(Complaint(name, ours, expected));
    }

    [Fact]
    public void The_rivals_do_what_is_known_of_them()
    {
        var one = Scenarios.All["harmless, errors 1%, 50 req/s"].Scenario;
        var four = Scenarios.All["harmless, errors 4%, 50 req/s"].Scenario;
        var rise = Scenarios.All["1% → 5%, 50 req/s"].Scenario;
        Assert.InRange(Tally.Of(one, 200, _ => new ArgoRule(10)).RolledBack, 0, 0.05);
        Assert.InRange(Tally.Of(four, 200, _ => new ArgoRule(10)).RolledBack, 0.5, 1);
        Assert.InRange(Tally.Of(one, 200, _ => new FlaggerRule(10)).RolledBack, 0.95, 1);
        Assert.InRange(Tally.Of(one, 200, _ => new KayentaRule(10)).RolledBack, 0, 0.05);
        Assert.Equal(5, Tally.Of(rise, 200, _ => new KayentaRule(10)).MedianMinutes, 9);
        Assert.Equal(5, Tally.Of(rise, 200, _ => new FlaggerRule(10)).MedianMinutes, 9);
    }

    private static Tally Ours(Scenario scenario, int deployments) =>
        Tally.Of(scenario, deployments, deployment => new JudgeRule(scenario, new Random(deployment + 1_000_000)));

    private static string? Complaint(string name, Tally tally, Expectation expected)
    {
        var holds = expected.RolledBack is { } most
            ? tally.RolledBack <= most
            : tally.RolledBack == 1 && tally.MedianMinutes <= expected.MedianMinutes && tally.MeanBad <= expected.MeanBad;
        return holds ? null : $"{name}: {tally}, expected {expected}";
    }

    private static string Row(string scenario, string rule, Tally tally) =>
        $"| {scenario} | {rule} | {tally.RolledBack * 100:0.##} % | {(double.IsFinite(tally.MedianMinutes) ? $"{tally.MedianMinutes:0.0}" : "–")} | {tally.MeanBad:0.0} |";
}

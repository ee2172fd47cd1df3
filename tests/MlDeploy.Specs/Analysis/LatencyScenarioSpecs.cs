using MlDeploy.Specs.Analysis.Simulation;

namespace MlDeploy.Specs.Analysis;

/// <summary>Slowness, with lognormal latencies (median 50 ms, p99 160 ms) through real histograms, the real meter and the real judge.</summary>
public sealed class LatencyScenarioSpecs
{
    private const int Few = 60;
    private const int Many = 2000;

    private static readonly Dictionary<string, (LatencyScenario Scenario, double? MedianMinutes)> All = new[]
    {
        (new LatencyScenario("alike", (seconds, _, _) => seconds), (double?)null),
        (new LatencyScenario("alike, five times slower in its first 20 s", (seconds, second, _) => second < 20 ? 5 * seconds : seconds), null),
        (new LatencyScenario("all requests 50 % slower", (seconds, _, _) => 1.5 * seconds), 4),
        (new LatencyScenario("the slowest 2 % another 50 % slower", (seconds, _, _) => seconds > 0.14 ? 1.5 * seconds : seconds), 8),
        (new LatencyScenario("a tenth hangs until the timeout of 10 s", (seconds, _, random) => random.NextDouble() < 0.1 ? 1e3 : seconds), 1),
        (new LatencyScenario("a tenth hangs until the timeout of 60 s", (seconds, _, random) => random.NextDouble() < 0.1 ? 1e3 : seconds) { TimeoutSeconds = 60 }, 2),
    }.ToDictionary(entry => entry.Item1.Name, entry => (entry.Item1, entry.Item2));

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Slow_versions_go_and_cold_starts_alarm_nobody(string name) => Assert.Null(Complaint(name, Few, out _));

    [Theory]
    [Trait("run", "soak")]
    [MemberData(nameof(Names), Explicit = true)]
    public void Slow_versions_go_and_cold_starts_alarm_nobody_in_thousands_of_deployments(string name)
    {
        var complaint = Complaint(name, Many, out var row);
        MeasurementsFile.Add($"Latency, {Many:#,0} simulated deployments a scenario", "| the candidate | rolled back | median minutes |", row);
        Assert.Null(complaint);
    }

    private static string? Complaint(string name, int deployments, out string row)
    {
        var (scenario, most) = All[name];
        var minutes = new double[deployments];
        Parallel.For(0, deployments, deployment => minutes[deployment] = scenario.Run(deployment));
        Array.Sort(minutes);
        var rolledBack = minutes.Count(double.IsFinite) / (double)deployments;
        var median = minutes[(deployments - 1) / 2];
        row = $"| {name} | {rolledBack * 100:0.##} % | {(double.IsFinite(median) ? $"{median:0.0}" : "–")} |";
        var holds = most is null ? rolledBack <= 0.01 : rolledBack == 1 && median <= most;
        return holds ? null : $"{row}, expected {(most is null ? "none to be rolled back" : $"all within a median of {most} minutes")}";
    }
}

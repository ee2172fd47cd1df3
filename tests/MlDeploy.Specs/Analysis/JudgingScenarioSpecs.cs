using MlDeploy.Specs.Analysis.Simulation;

namespace MlDeploy.Specs.Analysis;

public sealed class Explore
{
    [Fact(Explicit = true)]
    public void Run()
    {
        Func<double, double> Const(double p) => _ => p;
        Func<double, double> Incident(double p) => m => m is > 22 and <= 27 ? p + 0.05 : p;
        SimulatedStep[] rising = [new(0.05, 10), new(0.25, 10), new(0.5, 10)];
        var scenarios = new List<Scenario>();
        foreach (var rate in new[] { 5.0, 50 })
            foreach (var p in new[] { 0.001, 0.01, 0.04 })
                scenarios.Add(Scenario.Steady($"harmless {p:0.0%} {rate}/s", rate, p, p));
        foreach (var p in new[] { 0.001, 0.01, 0.04 })
            scenarios.Add(new Scenario($"incident {p:0.0%}", 50, rising, Incident(p), Incident(p)) { Max = 0.1 });
        scenarios.Add(Scenario.Steady("1->5", 50, 0.01, 0.05));
        scenarios.Add(Scenario.Steady("1->20", 50, 0.01, 0.20));
        scenarios.Add(Scenario.Steady(".1->1", 200, 0.001, 0.01));
        scenarios.Add(new Scenario("onset", 50, [new(0.5, 30)], Const(0.01), m => m > 15 ? 0.05 : 0.01) { Onset = 15 });
        var n = int.Parse(Environment.GetEnvironmentVariable("N") ?? "500");
        var only = Environment.GetEnvironmentVariable("ONLY");
        foreach (var s in scenarios.Where(s => only is null || s.Name.Contains(only)))
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var t = Tally.Of(s, n, d => new JudgeRule(s, new Random(d + 1000000)));
            TestContext.Current.TestOutputHelper!.WriteLine($"{s.Name,-22} rolled {t.RolledBack:0.00%} median {t.MedianMinutes:0.00} bad {t.MeanBad:0.0}   {watch.ElapsedMilliseconds} ms");
        }
    }
}

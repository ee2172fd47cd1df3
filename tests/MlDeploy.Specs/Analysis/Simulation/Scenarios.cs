namespace MlDeploy.Specs.Analysis.Simulation;

/// <param name="RolledBack">Share of deployments, 0–1, that may be rolled back at most; null for bad versions, of which all must be.</param>
/// <param name="MedianMinutes">From the onset to the rollback, at most.</param>
/// <param name="MeanBad">Bad answers of the candidate, on average at most.</param>
internal sealed record Expectation(double? RolledBack, double MedianMinutes = double.PositiveInfinity, double MeanBad = double.PositiveInfinity);

/// <summary>What judging must hold, each scenario with its bounds.</summary>
internal static class Scenarios
{
    private static readonly Expectation Harmless = new(0.01);

    public static IReadOnlyDictionary<string, (Scenario Scenario, Expectation Expected)> All { get; } = List().ToDictionary(entry => entry.Scenario.Name);

    private static IEnumerable<(Scenario Scenario, Expectation Expected)> List()
    {
        foreach (var rate in new[] { 5, 50 })
        {
            foreach (var errors in new[] { 0.001, 0.01, 0.04 })
            {
                yield return (Scenario.Steady($"harmless, errors {errors:0.#%}, {rate} req/s", rate, errors, errors), Harmless);
            }
        }

        foreach (var errors in new[] { 0.001, 0.01, 0.04 })
        {
            yield return (Incident($"harmless, errors {errors:0.#%}, steps 5/25/50 %, incident of 5 %", errors), Harmless);
        }

        yield return (Scenario.Steady("harmless, errors 1%, 50 req/s, looks every 2 s", 50, 0.01, 0.01) with { LookSeconds = 2 }, Harmless);
        yield return (Incident("harmless, errors 1%, steps 5/25/50 %, incident of 5 %, looks every 2 s", 0.01) with { LookSeconds = 2 }, Harmless);
        yield return (Scenario.Steady("1% → 5%, 50 req/s", 50, 0.01, 0.05), new(null, 1.5, 13));
        yield return (Scenario.Steady("1% → 20%, 50 req/s", 50, 0.01, 0.20), new(null, 0.5, 10));
        yield return (Scenario.Steady("0.1% → 1%, 200 req/s", 200, 0.001, 0.01), new(null, 1.2, 8));
        yield return (new Scenario("1% → 5%, 50 req/s, in the middle of a 50 % step", 50, [new(0.5, 30)], _ => 0.01, minute => minute >= 15 ? 0.05 : 0.01) { Onset = 15 }, new(null, 1.5));
    }

    private static Scenario Incident(string name, double errors)
    {
        return new Scenario(name, 50, [new(0.05, 10), new(0.25, 10), new(0.5, 10)], Rate, Rate) { Max = 0.10 };

        double Rate(double minute) => minute is >= 22 and < 27 ? errors + 0.05 : errors;
    }
}

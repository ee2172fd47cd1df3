using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Specs.Analysis.Simulation;

/// <summary>What happened in one look's time.</summary>
internal readonly record struct Interval(ArmCount Candidate, ArmCount Stable);

/// <summary>One held weight of a simulated rollout.</summary>
internal readonly record struct SimulatedStep(double Weight, double Minutes);

/// <summary>Error rates, 0–1, as functions of the minute since the rollout began.</summary>
internal sealed record Scenario(
    string Name, double RequestsPerSecond, SimulatedStep[] Steps, Func<double, double> Stable, Func<double, double> Candidate)
{
    /// <summary>Absolute limit of the errors gate.</summary>
    public double Max { get; init; } = 0.05;

    /// <summary>Minute at which the defect sets in; times to detection are counted from here.</summary>
    public double Onset { get; init; }

    public double LookSeconds { get; init; } = 10;

    public double Minutes => Steps.Sum(step => step.Minutes);

    public static Scenario Steady(string name, double rate, double stable, double candidate) =>
        new(name, rate, [new(0.05, 30)], _ => stable, _ => candidate);
}

/// <summary>One simulated deployment, interval by interval, the step each belongs to beside it.</summary>
internal static class Trace
{
    public static IEnumerable<(int Step, double Minute, Interval Counts)> Of(Scenario scenario, Random random)
    {
        var minute = 0.0;
        for (var step = 0; step < scenario.Steps.Length; step++)
        {
            var (weight, minutes) = scenario.Steps[step];
            var looks = (int)Math.Round(minutes * 60 / scenario.LookSeconds);
            for (var look = 0; look < looks; look++)
            {
                var requests = random.Poisson(scenario.RequestsPerSecond * scenario.LookSeconds);
                var atCandidate = random.Binomial(requests, weight);
                var counts = new Interval(
                    new ArmCount(atCandidate, random.Binomial(atCandidate, scenario.Candidate(minute))),
                    new ArmCount(requests - atCandidate, random.Binomial(requests - atCandidate, scenario.Stable(minute))));
                minute += scenario.LookSeconds / 60;
                yield return (step, minute, counts);
            }
        }
    }
}

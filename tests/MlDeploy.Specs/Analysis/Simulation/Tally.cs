namespace MlDeploy.Specs.Analysis.Simulation;

/// <summary>What one rule did to many deployments of one scenario.</summary>
/// <param name="RolledBack">Share of deployments, 0–1.</param>
/// <param name="MedianMinutes">From the onset to the rollback; infinite when most were not rolled back.</param>
/// <param name="MeanBad">Bad answers the candidate gave from the onset to the rollback or the end, on average.</param>
internal sealed record Tally(double RolledBack, double MedianMinutes, double MeanBad)
{
    /// <summary>Deployments are simulated in parallel, each from its own seed: the result does not depend on the machine.</summary>
    public static Tally Of(Scenario scenario, int deployments, Func<int, IRule> rule)
    {
        var minutes = new double[deployments];
        var bad = new long[deployments];
        Parallel.For(0, deployments, deployment => (minutes[deployment], bad[deployment]) = Run(scenario, deployment, rule(deployment)));
        Array.Sort(minutes);
        return new Tally(
            minutes.Count(double.IsFinite) / (double)deployments,
            minutes[(deployments - 1) / 2],
            bad.Average());
    }

    private static (double Minutes, long Bad) Run(Scenario scenario, int deployment, IRule rule)
    {
        var bad = 0L;
        foreach (var (step, minute, counts) in Trace.Of(scenario, new Random(deployment)))
        {
            bad += minute > scenario.Onset ? counts.Candidate.Events : 0;
            if (rule.RollsBack(step, minute, counts))
            {
                return (minute - scenario.Onset, bad);
            }
        }

        return (double.PositiveInfinity, bad);
    }
}

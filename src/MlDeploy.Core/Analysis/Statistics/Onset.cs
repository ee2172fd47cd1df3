namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>Counts of both arms since one odds ratio was last no better an explanation than none.</summary>
/// <param name="Gain">Logarithm of its likelihood ratio since then, above 0; or not above 0, and the next interval begins anew.</param>
public readonly record struct Onset(ArmCount Candidate, ArmCount Stable, double Gain)
{
    /// <summary>The candidate's share of units with the event less stable's; 0 without units.</summary>
    public double Increase => Share(Candidate) - Share(Stable);

    public static double Share(ArmCount arm) => arm.Units == 0 ? 0 : (double)arm.Events / arm.Units;

    internal Onset Next(ArmCount candidate, ArmCount stable, double gain) => Gain > 0
        ? new Onset(Sum(Candidate, candidate), Sum(Stable, stable), Gain + gain)
        : new Onset(candidate, stable, gain);

    private static ArmCount Sum(ArmCount left, ArmCount right) => left + right;
}

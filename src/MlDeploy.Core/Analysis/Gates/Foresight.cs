using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>What the conditional e-process would have said of other candidates, had they been there since the step's beginning.</summary>
internal sealed class Foresight
{
    private readonly double units;
    private readonly double stableEvents;
    private readonly double needed;
    private readonly double[] costs;

    /// <param name="units">At the candidate.</param>
    /// <param name="stableEvents">Events to expect of stable.</param>
    /// <param name="weight">The candidate's share of the units, 0–1.</param>
    /// <param name="needed">Logarithm of what the e-value must reach.</param>
    public Foresight(double units, double stableEvents, double weight, double needed)
    {
        (this.units, this.stableEvents, this.needed) = (units, stableEvents, needed - Math.Log(StartPrior.AtBegin));
        costs = [.. OddsRatioPrior.Default.Select(ratio => ratio.Cost(weight))];
    }

    /// <summary>Nine times in ten, by the best odds ratio alone: the mixture is never below it.</summary>
    /// <param name="share">Of the candidate's units with the event, 0–1.</param>
    public bool IsCaught(double share)
    {
        var events = Search.NineInTen(units, share);
        for (var index = 0; index < costs.Length; index++)
        {
            var ratio = OddsRatioPrior.Default[index];
            if (ratio.LogStake + ratio.LogLikelihoodRatio(events, events + stableEvents, costs[index]) >= needed)
            {
                return true;
            }
        }

        return false;
    }
}

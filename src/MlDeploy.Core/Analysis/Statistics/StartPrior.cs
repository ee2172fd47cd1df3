namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>
/// When a defect may begin: most are there from the first request on, some set in later (a cache fills, a token expires).
/// The share staked on the step's beginning is fixed; the rest is staked bit by bit as events go by, by how many there were before.
/// <para>Events are the clock: evidence moves only with them, so the choice depends neither on how often one looks nor on the traffic.</para>
/// </summary>
internal static class StartPrior
{
    /// <summary>Staked before the step's first event. 0–1; half and more costs less than 0.7 nats against knowing the start.</summary>
    public const double AtBegin = 0.65;

    /// <summary>After this many events half of the rest is staked.</summary>
    private const double HalfLife = 60;

    /// <summary>Share not yet staked once <paramref name="events"/> events of both arms have gone by.</summary>
    public static double Unstaked(double events) => (1 - AtBegin) / (1 + (events / HalfLife));
}

using System.Collections.Immutable;

namespace MlDeploy.Local.Gateway.Routing;

/// <summary>An arm and its instances, ready to be picked from.</summary>
internal sealed class Route(GatewayArm arm, ImmutableArray<Destination> destinations)
{
    private uint turn;

    public GatewayArm Arm => arm;

    public ImmutableArray<Destination> Destinations => destinations;

    /// <summary>In turn, and of two neighbours the less busy (Mitzenmacher 2001); null without instances.</summary>
    /// <param name="except">An instance that just failed to answer.</param>
    public Destination? Pick(Destination? except = null)
    {
        var count = (uint)destinations.Length;
        if (count == 1)
        {
            return destinations[0] == except ? null : destinations[0];
        }

        if (count == 0)
        {
            return null;
        }

        var at = Interlocked.Increment(ref turn);
        var one = destinations[(int)(at % count)];
        var other = destinations[(int)((at + 1) % count)];
        if (one == except || other == except)
        {
            return one == except ? other : one;
        }

        return other.InFlight < one.InFlight ? other : one;
    }
}

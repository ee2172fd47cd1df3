using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Local.Gateway.Routing;

namespace MlDeploy.Local.Gateway.Recording;

/// <summary>
/// The users of one step, both arms: under stickiness the user is the unit, since one user's failures are not independent.
/// Memory is bounded by taking only users whose hash lies below a limit that both arms share (bottom-k in spirit: Cohen and
/// Kaplan 2007); the limit halves whenever an arm's table is full, so that late users are still seen, and in both arms alike.
/// </summary>
internal sealed class StepCensus
{
    private readonly UserTable[] arms;
    private ulong limit = ulong.MaxValue;

    /// <param name="maxSlots">Power of two; slots per arm at most, of which half are used.</param>
    public StepCensus(int maxSlots = 1 << 17)
    {
        arms = [new UserTable(maxSlots), new UserTable(maxSlots)];
    }

    /// <summary>Share of users that are counted now, 0–1; 1 until a table was full.</summary>
    public double SampledShare => Volatile.Read(ref limit) / (double)ulong.MaxValue;

    /// <summary>Lock-free; allocates only when a table grows, after the response was sent.</summary>
    public void Record(bool candidate, ulong user, long microseconds, bool failed)
    {
        // Placing used the hash's upper bits; sampling by them too would sample one arm only.
        var sample = UserKey.Mix(~user);
        var below = Volatile.Read(ref limit);
        if (sample > below)
        {
            return;
        }

        var table = arms[candidate ? 1 : 0];
        if (table.Record(sample, microseconds, failed) && !table.TryGrow(below))
        {
            // Of two arms that are full at the same limit only the first halves it; both then follow it.
            Interlocked.CompareExchange(ref limit, below / 2, below);
            table.Thin(Volatile.Read(ref limit));
        }
    }

    public UserReading Read(bool candidate) => arms[candidate ? 1 : 0].Read();
}

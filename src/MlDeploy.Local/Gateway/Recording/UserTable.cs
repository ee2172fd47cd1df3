using System.Runtime.InteropServices;
using MlDeploy.Core.Analysis.Measuring;

namespace MlDeploy.Local.Gateway.Recording;

/// <summary>
/// Which users one arm has seen, and their counts, which only grow, so that readings subtract: each user counts once,
/// with their first request's latency, and once as failing. Lock-free.
/// </summary>
/// <param name="size">Slots, a power of two.</param>
internal sealed class UserTable(int size)
{
    private readonly long[] firstLatency = new long[LatencyScale.Size];
    private UserSet users = new(size, null);
    private long failing;
    private int thinning;

    /// <returns>True when the table is half full and should be thinned.</returns>
    public bool Record(ulong user, long microseconds, bool failed)
    {
        user = user == 0 ? 1 : user;
        var set = Volatile.Read(ref users);
        var isNew = set.Add(user, out var full);
        if (isNew)
        {
            Interlocked.Increment(ref firstLatency[LatencyScale.BucketOf(microseconds)]);
        }

        if (failed && set.MarkFailing(user))
        {
            Interlocked.Increment(ref failing);
        }

        // Replaced meanwhile, perhaps after this user's slot was copied: make sure that the new one knows them.
        if (Volatile.Read(ref users) is var now && now != set)
        {
            now.Adopt(user, failed);
        }

        return full;
    }

    /// <summary>Forgets users above the limit; what was counted stays counted.</summary>
    public void Thin(ulong limit)
    {
        if (Interlocked.CompareExchange(ref thinning, 1, 0) != 0)
        {
            return;
        }

        // Another request may have thinned it between this one's look and its turn.
        if (users.IsHalfFull)
        {
            var thinned = new UserSet(size, users);
            Volatile.Write(ref users, thinned);
            thinned.TakeOver(limit);
        }

        Volatile.Write(ref thinning, 0);
    }

    /// <summary>Failing users are read before the users they are part of, so they never exceed them.</summary>
    public UserReading Read()
    {
        var failed = Interlocked.Read(ref failing);
        var counts = new long[LatencyScale.Size];
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = Interlocked.Read(ref firstLatency[bucket]);
        }

        var first = new LatencyHistogram(ImmutableCollectionsMarshal.AsImmutableArray(counts));
        return new UserReading(first.Total, failed, first);
    }
}

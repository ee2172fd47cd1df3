using System.Runtime.InteropServices;
using MlDeploy.Core.Analysis.Measuring;

namespace MlDeploy.Local.Gateway.Recording;

/// <summary>
/// Set of users (64-bit hashes, not 0) with open addressing, without locks: a slot is taken by one compare-and-swap and never
/// freed. Counts live beside it and only grow, so readings subtract; each user counts once, with their first request's latency.
/// </summary>
/// <remarks>
/// While a fuller table is copied into a new one, requests that end in the same microseconds still write to the old one:
/// such a user may be counted twice. At most the requests under way then, once in tens of thousands of users.
/// </remarks>
internal sealed class UserTable(int maxSlots)
{
    private const int FirstSlots = 1 << 10;

    private readonly long[] firstLatency = new long[LatencyScale.Size];
    private Slots slots = new(Math.Min(FirstSlots, maxSlots));
    private long failing;
    private int copying;

    /// <returns>True when the table is half full and should grow or be thinned.</returns>
    public bool Record(ulong user, long microseconds, bool failed)
    {
        user = user == 0 ? 1 : user;
        var current = Volatile.Read(ref slots);
        var slot = current.Find(user, out var isNew);
        if (slot < 0)
        {
            return true;
        }

        if (isNew)
        {
            Interlocked.Increment(ref firstLatency[LatencyScale.BucketOf(microseconds)]);
        }

        if (failed && current.MarkFailing(slot))
        {
            Interlocked.Increment(ref failing);
        }

        return isNew && current.IsHalfFull;
    }

    /// <returns>False when it has its full size already.</returns>
    public bool TryGrow(ulong limit)
    {
        var size = Volatile.Read(ref slots).Length;
        if (size >= maxSlots)
        {
            return false;
        }

        Replace(size * 4 <= maxSlots ? size * 4 : maxSlots, limit);
        return true;
    }

    /// <summary>Forgets users above the limit; what was counted stays counted.</summary>
    public void Thin(ulong limit) => Replace(maxSlots, limit);

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

    private void Replace(int size, ulong limit)
    {
        if (Interlocked.CompareExchange(ref copying, 1, 0) != 0)
        {
            return;
        }

        // Another request may have replaced the table between this one's look and its turn.
        if (slots.IsHalfFull)
        {
            Volatile.Write(ref slots, slots.CopyBelow(limit, size));
        }

        Volatile.Write(ref copying, 0);
    }

    private sealed class Slots(int length)
    {
        private readonly ulong[] users = new ulong[length];
        private readonly byte[] failing = new byte[length];
        private int used;

        public int Length => users.Length;

        public bool IsHalfFull => Volatile.Read(ref used) * 2 >= users.Length;

        /// <summary>The user's slot, taken now if there was none; negative when all are taken.</summary>
        public int Find(ulong user, out bool isNew)
        {
            isNew = false;
            var mask = users.Length - 1;
            var slot = (int)user & mask;
            for (var probe = 0; probe <= mask; probe++, slot = (slot + 1) & mask)
            {
                var there = Volatile.Read(ref users[slot]);
                if (there == 0)
                {
                    there = Interlocked.CompareExchange(ref users[slot], user, 0);
                    if (there == 0)
                    {
                        Interlocked.Increment(ref used);
                        isNew = true;
                        return slot;
                    }
                }

                if (there == user)
                {
                    return slot;
                }
            }

            return -1;
        }

        /// <returns>True for the first failure.</returns>
        public bool MarkFailing(int slot) => Volatile.Read(ref failing[slot]) == 0 && Interlocked.Exchange(ref failing[slot], 1) == 0;

        public Slots CopyBelow(ulong limit, int size)
        {
            var copy = new Slots(size);
            for (var slot = 0; slot < users.Length; slot++)
            {
                var user = Volatile.Read(ref users[slot]);
                if (user != 0 && user <= limit)
                {
                    var to = copy.Find(user, out _);
                    copy.failing[to] = Volatile.Read(ref failing[slot]);
                }
            }

            return copy;
        }
    }
}

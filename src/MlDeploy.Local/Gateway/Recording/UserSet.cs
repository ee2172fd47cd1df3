namespace MlDeploy.Local.Gateway.Recording;

/// <summary>
/// Set of 64-bit hashes (not 0) with open addressing: a slot is taken by one compare-and-swap and never freed. While a set
/// takes over from the one before, it answers for both, so nobody is counted twice.
/// </summary>
/// <param name="size">A power of two.</param>
/// <param name="before">The set this one replaces; forgotten once taken over.</param>
internal sealed class UserSet(int size, UserSet? before)
{
    private readonly ulong[] users = new ulong[size];
    private readonly byte[] failing = new byte[size];
    private UserSet? before = before;
    private int used;

    public bool IsHalfFull => Volatile.Read(ref used) * 2 >= users.Length;

    /// <param name="full">This user made it half full.</param>
    /// <returns>True when the user was in neither this set nor the one before; never when there is no slot left.</returns>
    public bool Add(ulong user, out bool full)
    {
        var taken = Find(user, take: true, out var slot);
        full = (taken || slot < 0) && IsHalfFull;
        return taken && !(Volatile.Read(ref before)?.Contains(user) ?? false);
    }

    /// <returns>True for the user's first failure, here or in the set before.</returns>
    public bool MarkFailing(ulong user)
    {
        Find(user, take: false, out var slot);
        return slot >= 0 && Mark(slot) && !(Volatile.Read(ref before)?.IsFailing(user) ?? false);
    }

    /// <summary>Takes in a user whom the set before has counted.</summary>
    public void Adopt(ulong user, bool failed)
    {
        Find(user, take: true, out var slot);
        if (failed && slot >= 0)
        {
            Mark(slot);
        }
    }

    /// <summary>Copies the users up to the limit from the set before, then forgets it.</summary>
    public void TakeOver(ulong limit)
    {
        var old = before!;
        for (var slot = 0; slot < old.users.Length; slot++)
        {
            var user = Volatile.Read(ref old.users[slot]);
            if (user != 0 && user <= limit)
            {
                Adopt(user, Volatile.Read(ref old.failing[slot]) != 0);
            }
        }

        Volatile.Write(ref before, null);
    }

    private bool Contains(ulong user)
    {
        Find(user, take: false, out var slot);
        return slot >= 0;
    }

    private bool IsFailing(ulong user)
    {
        Find(user, take: false, out var slot);
        return slot >= 0 && Volatile.Read(ref failing[slot]) != 0;
    }

    private bool Mark(int slot) => Volatile.Read(ref failing[slot]) == 0 && Interlocked.Exchange(ref failing[slot], 1) == 0;

    /// <param name="slot">Negative when the user is not there and no slot was taken.</param>
    /// <returns>True when a slot was taken.</returns>
    private bool Find(ulong user, bool take, out int slot)
    {
        var mask = users.Length - 1;
        slot = (int)user & mask;
        for (var probe = 0; probe <= mask; probe++, slot = (slot + 1) & mask)
        {
            var there = Volatile.Read(ref users[slot]);
            if (there == 0)
            {
                if (!take)
                {
                    break;
                }

                there = Interlocked.CompareExchange(ref users[slot], user, 0);
                if (there == 0)
                {
                    Interlocked.Increment(ref used);
                    return true;
                }
            }

            if (there == user)
            {
                return false;
            }
        }

        slot = -1;
        return false;
    }
}

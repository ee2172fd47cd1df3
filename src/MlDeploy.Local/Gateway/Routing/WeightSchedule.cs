namespace MlDeploy.Local.Gateway.Routing;

/// <summary>
/// Which requests go to the candidate, at a weight: permuted blocks, as clinical trials allot patients (Zelen 1974;
/// Matts and Lachin 1988). Every block holds exactly its share in random order, so the split is exact over any stretch of
/// traffic, every position of a block is equally likely, and traffic with a period of its own is not aliased.
/// </summary>
/// <remarks>
/// A block is the shortest that makes the share whole (5 % = 1 of 20); shares that need more than 100 use blocks of 100
/// whose counts differ by one, permuted too, exact over 10,000. A coin per request was rejected: at 5 % of 10,000 requests
/// its split is off by more than 1 % of the weight four times in five.
/// </remarks>
internal sealed class WeightSchedule
{
    /// <summary>Weights are multiples of 1 / this.</summary>
    public const int Units = 10_000;

    private const int LongestBlock = 100;

    /// <summary>Different permutations before they repeat: 80,000 requests, 10 KB.</summary>
    private const int Cycles = 8;

    private readonly ulong[]? table;
    private readonly bool always;
    private long next = -1;

    /// <param name="candidateUnits">0–10,000.</param>
    public WeightSchedule(int candidateUnits, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(candidateUnits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(candidateUnits, Units);
        always = candidateUnits == Units;
        table = candidateUnits is 0 or Units ? null : Permute(candidateUnits, random);
    }

    /// <summary>Nearest unit, but never none for some, nor all for nearly all.</summary>
    public static int UnitsOf(double weight) => weight switch
    {
        0 => 0,
        1 => Units,
        > 0 and < 1 => Math.Clamp((int)Math.Round(weight * Units), 1, Units - 1),
        _ => throw new ArgumentOutOfRangeException(nameof(weight), weight, "a weight is a share from 0 to 1"),
    };

    /// <summary>Lock-free, no allocation.</summary>
    public bool NextIsCandidate()
    {
        if (table is null)
        {
            return always;
        }

        var slot = (uint)((ulong)Interlocked.Increment(ref next) % (Cycles * Units));
        return ((table[slot >> 6] >> (int)(slot & 63)) & 1) != 0;
    }

    internal static int BlockOf(int candidateUnits)
    {
        for (var block = 1; block < LongestBlock; block++)
        {
            if (Units % block == 0 && candidateUnits * block % Units == 0)
            {
                return block;
            }
        }

        return LongestBlock;
    }

    private static ulong[] Permute(int candidateUnits, Random random)
    {
        var bits = new ulong[(Cycles * Units + 63) / 64];
        var block = BlockOf(candidateUnits);
        var blocks = Units / block;
        var counts = new int[blocks];
        var slots = new bool[block];
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            var whole = candidateUnits / blocks;
            Array.Fill(counts, whole);
            for (var more = 0; more < candidateUnits - (whole * blocks); more++)
            {
                counts[more]++;
            }

            random.Shuffle(counts);
            for (var b = 0; b < blocks; b++)
            {
                Array.Clear(slots);
                slots.AsSpan(0, counts[b]).Fill(true);
                random.Shuffle(slots);
                for (var i = 0; i < block; i++)
                {
                    var slot = (cycle * Units) + (b * block) + i;
                    bits[slot >> 6] |= (slots[i] ? 1UL : 0UL) << (slot & 63);
                }
            }
        }

        return bits;
    }
}

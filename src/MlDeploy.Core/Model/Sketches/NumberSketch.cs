namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// Numbers of a feature: while there are few different ones, each with its exact count; then a <see cref="TDigest"/>. NaN and infinities
/// are counted beside them. Not for several threads at once.
/// </summary>
/// <param name="compression">Of the digest, see <see cref="TDigest"/>.</param>
public sealed class NumberSketch(double compression = TDigest.DefaultCompression)
{
    /// <summary>
    /// Different numbers that are counted exactly: ages, counts, percentages and weights to two digits stay exact, in less memory than a digest takes.
    /// A digest knows how many numbers lie below one, but not on which side of it those are that equal it.
    /// </summary>
    public const int MostExact = 1000;

    /// <summary>Room at first; a feature with a handful of numbers, or one of 100,000 columns, should cost little.</summary>
    private const int FewExact = 16;

    private double[] values = [];
    private long[] counts = [];

    /// <summary>Open addressing, twice as many as there is room for numbers: which number is there, from 1; 0 is none.</summary>
    private ushort[] slots = [];
    private int distinct;
    private TDigest? digest;

    public double Compression => compression;

    /// <summary>Finite numbers.</summary>
    public long Count { get; private set; }

    public long NaN { get; private set; }

    public long PositiveInfinite { get; private set; }

    public long NegativeInfinite { get; private set; }

    /// <summary>Every number that ever came is counted exactly.</summary>
    public bool IsExact => digest is null;

    /// <summary>The exact numbers and their counts, ascending; empty when not <see cref="IsExact"/>.</summary>
    public IReadOnlyList<(double Value, long Count)> Exact =>
        digest is null ? [.. Enumerable.Range(0, distinct).Select(index => (values[index], counts[index])).OrderBy(one => one.Item1)] : [];

    public TDigest? Digest => digest;

    public double Min => digest is not null ? digest.Min : distinct == 0 ? double.NaN : values.AsSpan(0, distinct).Least();

    public double Max => digest is not null ? digest.Max : distinct == 0 ? double.NaN : values.AsSpan(0, distinct).Most();

    /// <summary>NaN when empty.</summary>
    public double Mean
    {
        get
        {
            if (digest is null)
            {
                return Exact.Sum(one => one.Value * ((double)one.Count / Count)) is var mean && distinct > 0 ? mean : double.NaN;
            }

            var (sum, weights, means) = (0.0, digest.Weights.ToArray(), digest.Means.ToArray());
            for (var index = 0; index < means.Length; index++)
            {
                sum += means[index] * (weights[index] / digest.Count);
            }

            return sum;
        }
    }

    public void Add(double value)
    {
        if (double.IsFinite(value))
        {
            Count++;
            if (digest is not null)
            {
                digest.Add(value);
            }
            else
            {
                AddExact(value, 1);
            }
        }
        else if (double.IsNaN(value))
        {
            NaN++;
        }
        else if (value > 0)
        {
            PositiveInfinite++;
        }
        else
        {
            NegativeInfinite++;
        }
    }

    public void Merge(NumberSketch other)
    {
        Count += other.Count;
        NaN += other.NaN;
        PositiveInfinite += other.PositiveInfinite;
        NegativeInfinite += other.NegativeInfinite;
        if (other.digest is not null)
        {
            BecomeDigest().Merge(other.digest);
            return;
        }

        for (var index = 0; index < other.distinct; index++)
        {
            if (digest is not null)
            {
                digest.Add(other.values[index], other.counts[index]);
            }
            else
            {
                AddExact(other.values[index], other.counts[index]);
            }
        }
    }

    /// <summary>The number below which the share <paramref name="q"/> of the finite numbers lies; NaN when there is none.</summary>
    public double Quantile(double q)
    {
        if (digest is not null)
        {
            return digest.Quantile(q);
        }

        var (rank, below) = (q * Count, 0L);
        foreach (var (value, count) in Exact)
        {
            below += count;
            if (below >= rank)
            {
                return value;
            }
        }

        return Max;
    }

    /// <summary>Share of the finite numbers at or below <paramref name="value"/>, 0–1; NaN when there is none.</summary>
    public double Cdf(double value) =>
        digest is not null ? digest.Cdf(value) : Count == 0 ? double.NaN : (double)Exact.Where(one => one.Value <= value).Sum(one => one.Count) / Count;

    /// <summary>How far <see cref="Cdf"/> may be from the truth there.</summary>
    public double CdfError(double value) => digest?.CdfError(value) ?? 0;

    internal void Restore(long nan, long positive, long negative, IReadOnlyList<(double Value, long Count)> exact, TDigest? itsDigest)
    {
        (NaN, PositiveInfinite, NegativeInfinite, digest) = (nan, positive, negative, itsDigest);
        Count = itsDigest is null ? 0 : (long)Math.Round(itsDigest.Count);
        foreach (var (value, count) in exact)
        {
            Count += count;
            AddExact(value, count);
        }
    }

    private void AddExact(double value, long count)
    {
        if (distinct == values.Length && !GrowExact())
        {
            AddOrBecomeDigest(value, count);
            return;
        }

        ref var slot = ref slots[SlotOf(value)];
        if (slot > 0)
        {
            counts[slot - 1] += count;
            return;
        }

        (values[distinct], counts[distinct]) = (value, count);
        slot = (ushort)++distinct;
    }

    private void AddOrBecomeDigest(double value, long count)
    {
        if (slots[SlotOf(value)] is > 0 and var known)
        {
            counts[known - 1] += count;
        }
        else
        {
            BecomeDigest().Add(value, count);
        }
    }

    /// <summary>Where the number is, or would be.</summary>
    private int SlotOf(double value)
    {
        // -0 and 0 are one number, and must be one key.
        var bits = (ulong)BitConverter.DoubleToInt64Bits(value + 0.0);
        var slot = (int)((bits * 0x9E3779B97F4A7C15UL) >> 48) & (slots.Length - 1);
        while (slots[slot] > 0 && values[slots[slot] - 1] != value)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }

    /// <returns>False when there is all the room already.</returns>
    private bool GrowExact()
    {
        if (values.Length == MostExact)
        {
            return false;
        }

        var room = Math.Max(FewExact, values.Length * 4);
        slots = new ushort[2 * room];
        Array.Resize(ref values, Math.Min(room, MostExact));
        Array.Resize(ref counts, values.Length);
        for (var index = 0; index < distinct; index++)
        {
            slots[SlotOf(values[index])] = (ushort)(index + 1);
        }

        return true;
    }

    private TDigest BecomeDigest()
    {
        if (digest is null)
        {
            digest = new TDigest(compression);
            for (var index = 0; index < distinct; index++)
            {
                digest.Add(values[index], counts[index]);
            }

            (values, counts, slots, distinct) = ([], [], [], 0);
        }

        return digest;
    }
}

internal static class Numbers
{
    public static double Least(this Span<double> numbers)
    {
        var least = double.PositiveInfinity;
        foreach (var number in numbers)
        {
            least = Math.Min(least, number);
        }

        return least;
    }

    public static double Most(this Span<double> numbers)
    {
        var most = double.NegativeInfinity;
        foreach (var number in numbers)
        {
            most = Math.Max(most, number);
        }

        return most;
    }
}

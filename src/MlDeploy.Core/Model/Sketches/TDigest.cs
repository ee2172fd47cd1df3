using System.Buffers;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// Quantiles of a stream of numbers in bounded memory: the merging t-digest (Dunning and Ertl 2019, "Computing extremely accurate quantiles
/// using t-digests", algorithm 1). Numbers gather in a buffer; a full buffer is sorted and merged with the centroids in one pass, in which
/// neighbours join as long as they span at most one unit of the scale function k₁(q) = δ/π · asin(2q − 1): centroids are small near the ends,
/// where quantiles are asked for, and exact at the ends.
/// <para>Not for several threads at once. Adding allocates nothing once the buffer has reached its size.</para>
/// </summary>
public sealed class TDigest
{
    public const double DefaultCompression = 100;
    public const double LeastCompression = 20;
    public const double MostCompression = 2000;

    private const int FirstBuffer = 32;
    private const int FullBuffer = 8192;

    private readonly Centroids centroids;
    private double[] buffer = [];
    private int buffered;
    private bool moreDigits;
    private List<Centroid>? weighted;

    /// <param name="compression">δ, 20 to 2,000: some 40 times as many centroids are kept, twice as many when stored.</param>
    public TDigest(double compression = DefaultCompression)
    {
        if (compression is not (>= LeastCompression and <= MostCompression))
        {
            throw new ArgumentOutOfRangeException(nameof(compression), compression, $"a compression lies between {LeastCompression} and {MostCompression}");
        }

        Compression = compression;
        centroids = new Centroids(Scale.Working(compression));
    }

    public double Compression { get; }

    /// <summary>How many numbers were added.</summary>
    public double Count => centroids.Weight + buffered + (weighted?.Sum(one => one.Weight) ?? 0);

    /// <summary>NaN when empty; so are all other answers.</summary>
    public double Min => Settled.Min;

    public double Max => Settled.Max;

    /// <summary>The centroids, sorted by their means.</summary>
    public ReadOnlySpan<double> Means => Settled.Means;

    public ReadOnlySpan<double> Weights => Settled.Weights;

    internal Centroids Settled
    {
        get
        {
            Settle();
            return centroids;
        }
    }

    /// <param name="value">Finite.</param>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "a digest holds finite numbers; NaN and infinities are counted beside it");
        }

        if (buffered == buffer.Length)
        {
            MakeRoom();
        }

        buffer[buffered++] = value;
    }

    /// <param name="weight">Finite and above 0.</param>
    public void Add(double value, double weight)
    {
        if (!double.IsFinite(value) || !(weight > 0 && double.IsFinite(weight)))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), (value, weight), "a digest holds finite numbers with weights above 0");
        }

        weighted ??= [];
        weighted.Add(new Centroid(value, weight));
        if (weighted.Count == FullBuffer)
        {
            SettleWeighted();
        }
    }

    /// <summary>Takes in all of another digest; the other stays as it is.</summary>
    public void Merge(TDigest other)
    {
        var from = other.Settled;
        if (from.Count == 0)
        {
            return;
        }

        for (var index = 0; index < from.Count; index++)
        {
            Add(from.Means[index], from.Weights[index]);
        }

        centroids.Widen(from.Min, from.Max);
    }

    /// <summary>The number below which the share <paramref name="q"/> of all lies.</summary>
    /// <param name="q">0–1.</param>
    public double Quantile(double q)
    {
        if (q is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "a quantile is asked for by a share between 0 and 1");
        }

        return CentroidAnswers.Quantile(Settled, q);
    }

    /// <summary>The share of all that lies at or below <paramref name="value"/>, 0–1.</summary>
    public double Cdf(double value) => CentroidAnswers.Cdf(Settled, value);

    /// <summary>How far <see cref="Cdf"/> may be from the truth at that value: half the weight of the centroid there, as a share.</summary>
    public double CdfError(double value) => CentroidAnswers.CdfError(Settled, value);

    /// <summary>Merges what is buffered; answers do it by themselves.</summary>
    public void Settle()
    {
        SettleWeighted();
        if (buffered == 0)
        {
            return;
        }

        var keys = ArrayPool<ulong>.Shared.Rent(2 * buffered);
        var values = buffer.AsSpan(0, buffered);
        ValueSort.Sort(values, keys.AsSpan(0, buffered), keys.AsSpan(buffered, buffered), ref moreDigits);
        ArrayPool<ulong>.Shared.Return(keys);
        buffered = 0;
        centroids.Merge(values, []);
    }

    /// <summary>The same in fewer centroids, as it is stored.</summary>
    internal Centroids ToStore()
    {
        var all = Settled;
        var stored = new Centroids(Scale.Stored(Compression));
        if (all.Count > 0)
        {
            stored.Merge(all.Means, all.Weights);
            stored.Widen(all.Min, all.Max);
        }

        return stored;
    }

    internal static TDigest From(double compression, double min, double max, ReadOnlySpan<double> means, ReadOnlySpan<double> weights)
    {
        var digest = new TDigest(compression);
        digest.centroids.Fill(min, max, means, weights);
        return digest;
    }

    /// <summary>Small digests stay small: the buffer grows up to its full size, and is merged only then.</summary>
    private void MakeRoom()
    {
        if (buffer.Length < FullBuffer)
        {
            Array.Resize(ref buffer, buffer.Length == 0 ? FirstBuffer : buffer.Length * 4);
        }
        else
        {
            Settle();
        }
    }

    private void SettleWeighted()
    {
        if (weighted is null or [])
        {
            return;
        }

        weighted.Sort(static (left, right) => left.Mean.CompareTo(right.Mean));
        var means = ArrayPool<double>.Shared.Rent(2 * weighted.Count);
        for (var index = 0; index < weighted.Count; index++)
        {
            (means[index], means[weighted.Count + index]) = weighted[index];
        }

        centroids.Merge(means.AsSpan(0, weighted.Count), means.AsSpan(weighted.Count, weighted.Count));
        ArrayPool<double>.Shared.Return(means);
        weighted.Clear();
    }

    private readonly record struct Centroid(double Mean, double Weight);
}

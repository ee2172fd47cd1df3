using System.Collections.Immutable;
using System.Numerics;

namespace MlDeploy.Core.Analysis.Measuring;

/// <summary>
/// Log-linear buckets over microseconds: 64 linear buckets per power of two, so a bucket is at most 1.6 % wide,
/// from 1 µs to about 76 hours. The layout of Gil Tene's HdrHistogram with 6 sub-bucket bits.
/// </summary>
public static class LatencyScale
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;

    /// <summary>Number of buckets.</summary>
    public const int Size = SubBuckets * 33;

    /// <summary>O(1), no allocation: called for every request.</summary>
    public static int BucketOf(long microseconds)
    {
        if (microseconds < SubBuckets)
        {
            return microseconds < 0 ? 0 : (int)microseconds;
        }

        var exponent = BitOperations.Log2((ulong)microseconds) - SubBucketBits;
        var bucket = (exponent * SubBuckets) + (int)(microseconds >> exponent);
        return Math.Min(bucket, Size - 1);
    }

    /// <summary>First value, in microseconds, that falls into the bucket.</summary>
    public static long LowerBound(int bucket) => bucket == 0 ? 0 : UpperBound(bucket - 1);

    /// <summary>First value, in microseconds, that no longer falls into the bucket.</summary>
    public static long UpperBound(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket + 1;
        }

        var exponent = (bucket / SubBuckets) - 1;
        var mantissa = (bucket % SubBuckets) + SubBuckets;
        return (long)(mantissa + 1) << exponent;
    }
}

/// <summary>Immutable snapshot of latency counts; snapshots of one recorder subtract to an interval.</summary>
public sealed class LatencyHistogram
{
    private readonly ImmutableArray<long> counts;

    public LatencyHistogram(ImmutableArray<long> counts)
    {
        if (counts.Length != LatencyScale.Size)
        {
            throw new ArgumentException($"a latency histogram has {LatencyScale.Size} buckets, not {counts.Length}", nameof(counts));
        }

        this.counts = counts;
        Total = counts.Sum();
    }

    public static LatencyHistogram Empty { get; } = new(ImmutableArray.Create(new long[LatencyScale.Size]));

    public long Total { get; }

    public static LatencyHistogram operator -(LatencyHistogram later, LatencyHistogram earlier) => later.Combine(earlier, -1);

    public static LatencyHistogram operator +(LatencyHistogram left, LatencyHistogram right) => left.Combine(right, 1);

    /// <summary>Requests whose bucket lies wholly above the limit; exact to one bucket (1.6 %).</summary>
    public long CountSlowerThan(TimeSpan limit)
    {
        var slower = 0L;
        for (var bucket = LatencyScale.BucketOf((long)limit.TotalMicroseconds) + 1; bucket < counts.Length; bucket++)
        {
            slower += counts[bucket];
        }

        return slower;
    }

    /// <summary>Upper edge of the bucket that holds the quantile; null without requests.</summary>
    /// <param name="quantile">0–1.</param>
    public TimeSpan? Quantile(double quantile)
    {
        if (Total == 0)
        {
            return null;
        }

        return AtRank(Math.Max(1, (long)Math.Ceiling(quantile * Total)))?.High;
    }

    /// <summary>Edges of the bucket that holds the value of this rank; null where there is no such rank.</summary>
    /// <param name="rank">1 is the fastest.</param>
    public (TimeSpan Low, TimeSpan High)? AtRank(long rank)
    {
        if (rank < 1 || rank > Total)
        {
            return null;
        }

        var seen = 0L;
        var bucket = -1;
        while (seen < rank)
        {
            seen += counts[++bucket];
        }

        return (TimeSpan.FromMicroseconds(LatencyScale.LowerBound(bucket)), TimeSpan.FromMicroseconds(LatencyScale.UpperBound(bucket)));
    }

    /// <summary>Whether this snapshot can be a later one of the same recorder: no count went down.</summary>
    public bool Continues(LatencyHistogram earlier)
    {
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            if (counts[bucket] < earlier.counts[bucket])
            {
                return false;
            }
        }

        return true;
    }

    private LatencyHistogram Combine(LatencyHistogram other, int sign)
    {
        var combined = new long[counts.Length];
        for (var bucket = 0; bucket < combined.Length; bucket++)
        {
            combined[bucket] = counts[bucket] + (sign * other.counts[bucket]);
        }

        return new LatencyHistogram(ImmutableArray.Create(combined));
    }
}

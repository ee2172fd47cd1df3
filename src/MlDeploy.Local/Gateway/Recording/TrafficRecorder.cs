using System.Runtime.InteropServices;
using MlDeploy.Core.Analysis.Measuring;

namespace MlDeploy.Local.Gateway.Recording;

/// <summary>
/// What one arm answered since it was created. Lock-free and without allocation: one interlocked addition per request,
/// two for a failure. Not striped over cores: requests spread over the latency buckets by themselves.
/// </summary>
public sealed class TrafficRecorder
{
    private readonly long[] latency = new long[LatencyScale.Size];
    private long failures;
    private long hangUps;

    /// <param name="microseconds">From the request's arrival to its response headers, or to its failure.</param>
    public void Record(long microseconds, bool failed)
    {
        Interlocked.Increment(ref latency[LatencyScale.BucketOf(microseconds)]);
        if (failed)
        {
            Interlocked.Increment(ref failures);
        }
    }

    /// <summary>
    /// The client left before there was an answer: no failure of the arm, but a request that would have taken at least this long.
    /// Without it a version that hangs would be invisible wherever clients give up before the request timeout.
    /// </summary>
    public void RecordHangUp(long microseconds)
    {
        Record(microseconds, failed: false);
        Interlocked.Increment(ref hangUps);
    }

    /// <summary>Failures are read before the requests they are part of, so they never exceed them.</summary>
    public TrafficSnapshot Snapshot()
    {
        var failed = Interlocked.Read(ref failures);
        var counts = new long[LatencyScale.Size];
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = Interlocked.Read(ref latency[bucket]);
        }

        var histogram = new LatencyHistogram(ImmutableCollectionsMarshal.AsImmutableArray(counts));
        return new TrafficSnapshot(histogram.Total, failed, histogram, Interlocked.Read(ref hangUps));
    }
}

/// <summary>Cumulative; two snapshots of one recorder subtract to an interval.</summary>
/// <param name="Requests">Answered, failed or left by their client.</param>
/// <param name="Failures">
/// Of these: 5xx answered by the application, 502 (refused, broken) and 504 (silent too long) answered for it,
/// and responses broken off by it.
/// </param>
/// <param name="Latency">To the response headers; of every request counted.</param>
/// <param name="HangUps">Of the requests: clients that left before there was an answer, after the time that stands in the latency.</param>
public sealed record TrafficSnapshot(long Requests, long Failures, LatencyHistogram Latency, long HangUps)
{
    public static TrafficSnapshot operator -(TrafficSnapshot later, TrafficSnapshot earlier) => new(
        later.Requests - earlier.Requests,
        later.Failures - earlier.Failures,
        later.Latency - earlier.Latency,
        later.HangUps - earlier.HangUps);

    public static TrafficSnapshot operator +(TrafficSnapshot one, TrafficSnapshot other) => new(
        one.Requests + other.Requests,
        one.Failures + other.Failures,
        one.Latency + other.Latency,
        one.HangUps + other.HangUps);
}

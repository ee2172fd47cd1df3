using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Local.Applications;
using MlDeploy.Local.Gateway.Recording;

namespace MlDeploy.Local.Dashboard;

/// <summary>What each version did in the last minute, from the counters that are kept anyway: readings are subtracted, requests notice nothing.</summary>
internal sealed class RecentTraffic(TimeProvider clock)
{
    /// <summary>Between two readings that are kept.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Rates over less would jump.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<ServedVersion, Queue<Reading>> readings = [];

    /// <summary>Keeps a reading of each version that runs, and forgets the others.</summary>
    public void Keep(IReadOnlyCollection<ServedVersion> running)
    {
        lock (gate)
        {
            foreach (var gone in readings.Keys.Except(running).ToArray())
            {
                readings.Remove(gone);
            }

            foreach (var version in running)
            {
                var now = Reading.Of(version, clock.GetTimestamp());
                Earlier(version, now).Enqueue(now);
            }
        }
    }

    /// <summary>Null while too little time lies between two readings.</summary>
    public RecentView? Read(ServedVersion version)
    {
        var now = Reading.Of(version, clock.GetTimestamp());
        lock (gate)
        {
            return Earlier(version, now).TryPeek(out var then) && clock.GetElapsedTime(then.At, now.At) is var span && span >= Shortest ? Between(then, now, span) : null;
        }
    }

    private static RecentView Between(Reading then, Reading now, TimeSpan span)
    {
        var traffic = now.Traffic - then.Traffic;
        return new RecentView(
            span.TotalSeconds,
            traffic.Requests / span.TotalSeconds,
            traffic.Failures,
            traffic.Requests == 0 ? null : (double)traffic.Failures / traffic.Requests,
            traffic.Latency.Quantile(0.50)?.TotalMilliseconds,
            traffic.Latency.Quantile(0.95)?.TotalMilliseconds,
            traffic.Latency.Quantile(0.99)?.TotalMilliseconds,
            (now.Process.Cpu - then.Process.Cpu) / span);
    }

    /// <summary>Readings of the last minute, the oldest first.</summary>
    private Queue<Reading> Earlier(ServedVersion version, Reading now)
    {
        if (!readings.TryGetValue(version, out var kept))
        {
            readings.Add(version, kept = new Queue<Reading>());
        }

        while (kept.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.At, now.At) > Window + Shortest)
        {
            kept.Dequeue();
        }

        return kept;
    }

    private sealed record Reading(long At, TrafficSnapshot Traffic, ProcessReading Process)
    {
        public static Reading Of(ServedVersion version, long at) => new(at, version.Arm.Answered, version.Supervisor.Read());
    }
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>Every metric recorded, by the second or minute, each period readable from a moment on.</summary>
internal sealed class MetricStore(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<MetricKey, SortedDictionary<long, Period>> series = [];
    private volatile MetricFaults faults = new();

    public MetricFaults Faults
    {
        get => faults;
        set => faults = value;
    }

    /// <param name="resolution">Seconds a period lasts: 1 or 60.</param>
    /// <param name="settle">How long after its end a period can be read.</param>
    public void Record(MetricKey key, DateTimeOffset at, Action<Datum> add, int resolution = 60, TimeSpan? settle = null)
    {
        var now = faults;
        if (now.Lost.Any(pattern => Like($"{key.Namespace}:{key.Name}", pattern)))
            return;
        var start = Floor(at.ToUnixTimeSeconds(), resolution);
        lock (gate)
        {
            if (!series.TryGetValue(key, out var periods))
                series[key] = periods = [];
            if (!periods.TryGetValue(start, out var period))
            {
                var end = DateTimeOffset.FromUnixTimeSeconds(start + resolution);
                var visible = settle is { } wait ? end + wait : DateTimeOffset.MinValue;
                if (now.LateSeconds > 0)
                    visible = (visible > at ? visible : at).AddSeconds(now.LateSeconds);
                periods[start] = period = new Period(visible, new Datum());
            }

            add(period.Datum);
        }
    }

    /// <summary>One value a period that has data readable now, in [start, end).</summary>
    public SortedDictionary<long, double> Read(MetricKey key, DateTimeOffset start, DateTimeOffset end, int period, string statistic)
    {
        var values = new SortedDictionary<long, double>();
        foreach (var (at, datum) in Data(key, start, end, period))
        {
            if (Statistic.Of(datum, statistic) is { } value)
                values[at] = value;
        }

        return values;
    }

    /// <summary>The data themselves, merged into periods.</summary>
    public SortedDictionary<long, Datum> Data(MetricKey key, DateTimeOffset start, DateTimeOffset end, int period)
    {
        var merged = new SortedDictionary<long, Datum>();
        var (first, now) = (Floor(start.ToUnixTimeSeconds(), period), time.GetUtcNow());
        lock (gate)
        {
            if (!series.TryGetValue(key, out var periods))
                return merged;
            foreach (var (at, recorded) in periods)
            {
                if (at < first || at >= end.ToUnixTimeSeconds() || recorded.VisibleAt > now)
                    continue;
                var slot = Floor(at, period);
                if (!merged.TryGetValue(slot, out var datum))
                    merged[slot] = datum = new Datum();
                datum.Add(recorded.Datum);
            }
        }

        return merged;
    }

    public ImmutableArray<MetricKey> Keys()
    {
        lock (gate)
            return [.. series.Keys];
    }

    public static long Floor(long seconds, long period) => seconds - (((seconds % period) + period) % period);

    private static bool Like(string text, string pattern) => Regex.IsMatch(text, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$");

    private sealed record Period(DateTimeOffset VisibleAt, Datum Datum);
}

using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>Both arms in the same settled minute.</summary>
/// <param name="Start">The minute's begin.</param>
/// <param name="Stable">Null where stable gets no traffic.</param>
/// <param name="Warm">Whether the candidate's warm-up was over when it began: latency and CPU count from then on.</param>
internal sealed record SettledMinute(DateTimeOffset Start, ArmMinute Candidate, ArmMinute? Stable, bool Warm);

/// <summary>From settled minutes to one measurement a gate. Pure.</summary>
internal static class MinuteMeasurements
{
    private const double UnitsPerCore = 1024;
    private const double BytesPerMebibyte = 1024 * 1024;

    /// <param name="minutes">New ones, at least one, in order.</param>
    /// <param name="at">The gate's place among the gates, which names its queries.</param>
    /// <returns>Null when the gate has nothing new.</returns>
    public static Measurement? Of(Gate gate, int at, IReadOnlyList<SettledMinute> minutes, StepQuantiles quantiles, DateTimeOffset candidateSince)
    {
        var warm = minutes.Where(minute => minute.Warm).ToArray();
        return gate.Metric switch
        {
            "http.errors" => new CountMeasurement(gate.Id, Sum(minutes, minute => minute.Candidate.Errors), minutes[0].Stable is null ? null : Sum(minutes, minute => minute.Stable!.Errors)),
            "http.slow" => warm.Length == 0 ? null : Slow(gate, at, warm),
            "latency.p50" or "latency.p90" or "latency.p95" or "latency.p99" => warm.Length == 0 ? null : Quantile(gate, at, warm, quantiles),
            "health" => Health(gate, minutes[^1]),
            "cpu" => warm.Length == 0 ? null : Level(gate, warm[^1], arm => arm["cpu"] / arm["cpulimit"]),
            "memory" => Level(gate, minutes[^1], arm => arm["memory"] / arm["memorylimit"]),
            "cpu.perRequest" => warm.Length == 0 ? null : Level(gate, warm[^1], arm => arm["cpu"] / UnitsPerCore * MinuteQueries.Period / arm.Requests),
            "memory.growth" => warm.Length == 0 ? null
                : warm[^1].Candidate["memory"] is { } mebibytes ? new TrendMeasurement(gate.Id, (warm[^1].Start - candidateSince).TotalSeconds, mebibytes * BytesPerMebibyte)
                : NoInsights(gate),
            "cloudwatch" => Custom(gate, at, minutes),
            _ => null,
        };
    }

    /// <summary>The newest minute that has a value; where arms are compared, in both.</summary>
    private static Measurement Custom(Gate gate, int at, IReadOnlyList<SettledMinute> minutes)
    {
        var id = MinuteQueries.Id("custom", at);
        var compared = gate.MaxRatio is not null && minutes[0].Stable is not null;
        var found = minutes.LastOrDefault(minute => minute.Candidate[id] is not null && (!compared || minute.Stable![id] is not null));
        return found is not null ? new LevelMeasurement(gate.Id, found.Candidate[id]!.Value, found.Stable?[id])
            : new MissingMeasurement(gate.Id, Failed: false, CustomMetric.Missing(gate, minutes[^1].Candidate[id] is null ? "the candidate" : "stable", minutes[^1].Start));
    }

    private static Measurement Slow(Gate gate, int at, SettledMinute[] minutes) =>
        Slower(minutes, MinuteQueries.Id("slow", at), gate.SlowerThan!.Value) is { } slow
            ? new CountMeasurement(gate.Id, slow.Candidate, slow.Stable)
            : new MissingMeasurement(gate.Id, Failed: false, "CloudWatch does not tell how many answers were slower");

    private static Measurement? Quantile(Gate gate, int at, SettledMinute[] minutes, StepQuantiles quantiles)
    {
        (ArmCount Candidate, ArmCount? Stable)? absolute = null;
        if (gate.Max is { } max && (absolute = Slower(minutes, MinuteQueries.Id("slow", at), TimeSpan.FromSeconds(max))) is null)
        {
            return new MissingMeasurement(gate.Id, Failed: false, "CloudWatch does not tell how many answers were slower");
        }

        var ratio = quantiles.ThresholdOf(gate.Id) is { } threshold && minutes[0].Stable is not null ? Slower(minutes, MinuteQueries.Id("ratio", at), threshold) : null;
        quantiles.Add(at, minutes);
        return new QuantileMeasurement(
            gate.Id, absolute?.Candidate, absolute?.Stable, ratio?.Candidate, ratio?.Stable, quantiles.CandidateOf(at), quantiles.StableOf(at, MinuteQueries.Quantile(gate)!.Value));
    }

    private static (ArmCount Candidate, ArmCount? Stable)? Slower(SettledMinute[] minutes, string id, TimeSpan limit)
    {
        var (candidate, stable) = (default(ArmCount), default(ArmCount));
        foreach (var minute in minutes)
        {
            if (minute.Candidate.Slower(id, limit.TotalSeconds) is not { } first || (minute.Stable is not null && minute.Stable.Slower(id, limit.TotalSeconds) is null))
            {
                return null;
            }

            candidate += first;
            stable += minute.Stable?.Slower(id, limit.TotalSeconds) ?? default;
        }

        return (candidate, minutes[0].Stable is null ? null : stable);
    }

    private static Measurement Health(Gate gate, SettledMinute minute)
    {
        return Share(minute.Candidate) is { } candidate
            ? new LevelMeasurement(gate.Id, candidate, minute.Stable is null ? null : Share(minute.Stable))
            : new MissingMeasurement(gate.Id, Failed: false, "CloudWatch does not tell how many of the candidate's targets are healthy");

        static double? Share(ArmMinute arm) => arm["healthy"] is { } healthy && arm["unhealthy"] is { } unhealthy && healthy + unhealthy > 0 ? healthy / (healthy + unhealthy) : null;
    }

    private static Measurement Level(Gate gate, SettledMinute minute, Func<ArmMinute, double?> read) =>
        read(minute.Candidate) is { } candidate && double.IsFinite(candidate)
            ? new LevelMeasurement(gate.Id, candidate, minute.Stable is null ? null : read(minute.Stable))
            : NoInsights(gate);

    private static MissingMeasurement NoInsights(Gate gate) => new(gate.Id, Failed: false, "Container Insights has no measure of the candidate's tasks");

    private static ArmCount Sum(IEnumerable<SettledMinute> minutes, Func<SettledMinute, ArmCount> of) => minutes.Aggregate(default(ArmCount), (sum, minute) => sum + of(minute));
}

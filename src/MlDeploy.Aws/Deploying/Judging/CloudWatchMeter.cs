using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>
/// Measures both arms from CloudWatch: at most one GetMetricData a look, and none while no new minute can have settled. Each minute counts
/// once, when it is whole in both arms; one that never is, is lost and says so.
/// </summary>
/// <param name="gates">Those that the judge knows; external ones are measured elsewhere.</param>
public sealed class CloudWatchMeter(CloudWatchClient cloudWatch, DeploymentPlace place, ImmutableArray<Gate> gates, TimeSpan warmup, TimeProvider clock)
{
    /// <summary>A look is not held up longer; what was not answered is read with the next.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>What stable showed before the step is its first yardstick.</summary>
    private static readonly TimeSpan YardstickBack = TimeSpan.FromMinutes(5);

    private static readonly string[] OfCloudWatch =
        ["http.errors", "http.slow", "latency.p50", "latency.p90", "latency.p95", "latency.p99", "health", "cpu", "memory", "cpu.perRequest", "memory.growth", "cloudwatch"];

    private readonly StepQuantiles quantiles = new();
    private Judge judge = null!;
    private MeasuredArm candidate = null!;
    private MeasuredArm? stable;
    private DateTimeOffset candidateSince;
    private DateTimeOffset next;
    private bool yardstickTold;

    /// <summary>Calls of GetMetricData that failed in a row.</summary>
    public int Failures { get; private set; }

    /// <param name="compared">Stable; null where it gets no traffic by construction.</param>
    /// <param name="since">When the candidate got its first production request.</param>
    /// <param name="from">When the step's weight came into force: the first whole minute after it counts.</param>
    public void BeginStep(Judge stepJudge, MeasuredArm measured, MeasuredArm? compared, DateTimeOffset since, DateTimeOffset from)
    {
        (judge, candidate, stable, candidateSince) = (stepJudge, measured, compared, since);
        next = Ceiling(from);
        yardstickTold = compared is null;
        quantiles.Reset();
    }

    /// <returns>At most one measurement a gate; nothing when no new minute has settled.</returns>
    public async Task<IReadOnlyList<Measurement>> MeasureAsync(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (yardstickTold && now < next + Minute + MinuteSettling.Settled)
        {
            return [];
        }

        var start = yardstickTold ? next : next - YardstickBack;
        foreach (var gate in gates)
        {
            quantiles.Asked(gate.Id, MinuteQueries.Quantile(gate) is null ? null : judge.ThresholdFor(gate.Id));
        }

        Dictionary<DateTimeOffset, Dictionary<string, double>> data;
        try
        {
            data = await ReadAsync(start, Floor(now), stop);
            Failures = 0;
        }
        catch (AwsServiceException failure)
        {
            return Unread(failure.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Unread($"CloudWatch did not answer within {Patience.TotalSeconds:0} s");
        }

        if (!yardstickTold)
        {
            // Also when nothing is to be told: it is asked for once.
            yardstickTold = true;
            return Yardstick(data);
        }

        return Measure(data, now);
    }

    private IReadOnlyList<Measurement> Unread(string reason)
    {
        Failures++;
        return [.. gates.Where(IsMeasuredHere).Select(gate => new MissingMeasurement(gate.Id, Failed: true, $"GetMetricData: {reason}"))];
    }

    private IReadOnlyList<Measurement> Measure(Dictionary<DateTimeOffset, Dictionary<string, double>> data, DateTimeOffset now)
    {
        var minutes = new List<SettledMinute>();
        string? lost = null;
        for (; next + Minute <= now; next += Minute)
        {
            var first = Arm(data, next, candidate);
            var second = stable is null ? null : Arm(data, next, stable);
            switch (MinuteSettling.Of(first, second, now - next - Minute))
            {
                case MinuteState.Complete:
                    minutes.Add(new SettledMinute(next, first, second, Warm: next >= candidateSince + warmup));
                    continue;
                case MinuteState.Lost:
                    lost = string.Create(CultureInfo.InvariantCulture, $"CloudWatch has no whole measures of {(first.IsConsistent && first.AnsweredAny ? "stable" : "the candidate")} for {next.UtcDateTime:HH:mm} UTC, {MinuteSettling.GivenUp.TotalMinutes:0} min later");
                    continue;
            }

            break;
        }

        return minutes.Count == 0 && lost is not null
            ? [.. gates.Where(IsMeasuredHere).Select(gate => new MissingMeasurement(gate.Id, Failed: false, lost))]
            : minutes.Count == 0 ? []
            : [.. gates.Select((gate, at) => MinuteMeasurements.Of(gate, at, minutes, quantiles, candidateSince)).OfType<Measurement>()];
    }

    private List<Measurement> Yardstick(Dictionary<DateTimeOffset, Dictionary<string, double>> data)
    {
        var before = new StepQuantiles();
        var told = new List<Measurement>();
        for (var at = 0; at < gates.Length; at++)
        {
            if (gates[at].MaxRatio is not null && MinuteQueries.Quantile(gates[at]) is { } quantile && stable is not null)
            {
                before.Add(at, data.Keys.Where(start => start < next).Select(start => new SettledMinute(start, new ArmMinute(new Dictionary<string, double>()), Arm(data, start, stable), Warm: true)));
                if (before.StableOf(at, quantile) is { } value)
                {
                    told.Add(new QuantileMeasurement(gates[at].Id, StableValue: value));
                }
            }
        }

        return told;
    }

    private static ArmMinute Arm(Dictionary<DateTimeOffset, Dictionary<string, double>> data, DateTimeOffset start, MeasuredArm arm)
    {
        var prefix = $"{arm.Letter}_";
        var values = data.GetValueOrDefault(start) ?? [];
        return new ArmMinute(values.Where(value => value.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(value => value.Key[prefix.Length..], value => value.Value, StringComparer.Ordinal));
    }

    private async Task<Dictionary<DateTimeOffset, Dictionary<string, double>>> ReadAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        var request = new GetMetricDataRequest
        {
            MetricDataQueries = [.. MinuteQueries.Of(candidate, place, gates, gate => quantiles.ThresholdOf(gate.Id)), .. stable is null ? [] : MinuteQueries.Of(stable, place, gates, gate => quantiles.ThresholdOf(gate.Id))],
            StartTime = start,
            EndTime = end,
            ScanBy = "TimestampAscending",
        };
        var data = new Dictionary<DateTimeOffset, Dictionary<string, double>>();
        await foreach (var result in cloudWatch.MetricDataAsync(request, either.Token))
        {
            for (var at = 0; at < Math.Min(result.Timestamps.Length, result.Values.Length); at++)
            {
                if (!data.TryGetValue(result.Timestamps[at], out var values))
                {
                    data[result.Timestamps[at]] = values = new Dictionary<string, double>(StringComparer.Ordinal);
                }

                values[result.Id] = result.Values[at];
            }
        }

        return data;
    }

    private static bool IsMeasuredHere(Gate gate) => OfCloudWatch.Contains(gate.Metric, StringComparer.Ordinal);

    private static DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private static DateTimeOffset Ceiling(DateTimeOffset at) => Floor(at) == at ? at : Floor(at) + Minute;
}

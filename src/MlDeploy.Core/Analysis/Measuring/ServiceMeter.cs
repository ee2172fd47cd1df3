using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Measuring;

/// <summary>
/// From consecutive readings of a target to one measurement per service gate. Pure: the same readings give the same measurements.
/// External gates (`prometheus`, `http`, `command`) are measured by whoever asks outside.
/// </summary>
public sealed class ServiceMeter(ImmutableArray<Gate> gates, ResourceSettings resources, bool userUnits)
{
    private const double UnitsPerCore = 1024;
    private const double BytesPerMebibyte = 1024 * 1024;

    private TargetReading? previous;
    private bool wasWarm;
    private StepTotals candidateTotals = StepTotals.None;
    private StepTotals stableTotals = StepTotals.None;

    internal static UserReading NoUsers { get; } = new(0, 0, LatencyHistogram.Empty);

    /// <summary>Begins a step: what came before is not counted, and its users are counted from none.</summary>
    /// <param name="warm">Whether the candidate's warm-up is over.</param>
    public void BeginStep(TargetReading start, bool warm)
    {
        previous = start with { Candidate = WithoutUsers(start.Candidate), Stable = start.Stable is null ? null : WithoutUsers(start.Stable) };
        wasWarm = warm;
        (candidateTotals, stableTotals) = (StepTotals.None, StepTotals.None);
    }

    /// <summary>
    /// What happened since the last reading. Latency and CPU are counted, for both arms alike, from the first interval that lies wholly after
    /// the warm-up; errors always are.
    /// </summary>
    /// <param name="warm">Whether the candidate's warm-up is over.</param>
    /// <param name="judge">Says which latency the interval's requests are counted against; must not have seen this interval yet.</param>
    /// <returns>At most one measurement per service gate: a gate with nothing new has none.</returns>
    public IReadOnlyList<Measurement> Measure(TargetReading now, bool warm, Judge judge)
    {
        var before = previous ?? throw new InvalidOperationException("a step must begin before it is measured");
        var look = new MeteredLook(
            now,
            now.At - before.At,
            ArmInterval.Between(before.Candidate, now.Candidate, userUnits),
            now.Stable is null || before.Stable is null ? null : ArmInterval.Between(before.Stable, now.Stable, userUnits),
            Counted: wasWarm && warm);
        if (look is { Counted: true, IsGap: false })
        {
            candidateTotals = candidateTotals.Add(look.Candidate!);
            stableTotals = look.Stable is null ? stableTotals : stableTotals.Add(look.Stable);
        }

        (previous, wasWarm) = (now, warm);
        return [.. gates.Select(gate => Measure(gate, look, judge)).OfType<Measurement>()];
    }

    private static ArmReading WithoutUsers(ArmReading arm) => arm with { Users = NoUsers };

    private Measurement? Measure(Gate gate, MeteredLook look, Judge judge) => gate.Metric switch
    {
        "http.errors" or "http.slow" or "latency.p50" or "latency.p90" or "latency.p95" or "latency.p99" when LostCounts(gate, look) is { } lost => lost,
        "http.errors" => new CountMeasurement(gate.Id, look.Candidate!.Units, look.Stable?.Units),
        "http.slow" => new CountMeasurement(gate.Id, look.SlowerThan(gate.SlowerThan!.Value, look.Candidate)!.Value, look.SlowerThan(gate.SlowerThan!.Value, look.Stable)),
        "latency.p50" or "latency.p90" or "latency.p95" or "latency.p99" => Quantile(gate, look, judge),
        "cpu" => Cpu(gate, look),
        "cpu.perRequest" => candidateTotals.CpuPerRequest is { } seconds ? new LevelMeasurement(gate.Id, seconds, stableTotals.CpuPerRequest) : null,
        "memory" => Memory(gate, look.Now),
        "memory.growth" => Growth(gate, look),
        "restarts" => new LevelMeasurement(gate.Id, look.Now.Candidate.Process.Restarts, look.Now.Stable?.Process.Restarts),
        "health" => new LevelMeasurement(gate.Id, Health(look.Now.Candidate.Process), look.Now.Stable is { } stable ? Health(stable.Process) : null),
        _ => null,
    };

    private MissingMeasurement? LostCounts(Gate gate, MeteredLook look) =>
        look.IsGap ? new MissingMeasurement(gate.Id, Failed: false, "the gateway's counts began anew in this interval")
        : userUnits && look.Now.Candidate.Users is null ? new MissingMeasurement(gate.Id, Failed: true, "requests are kept to a version by user, but the gateway counted no users")
        : null;

    private QuantileMeasurement Quantile(Gate gate, MeteredLook look, Judge judge)
    {
        var quantile = MetricCatalog.Find(gate.Metric)!.Quantile!.Value;
        var max = gate.Max is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var threshold = look.Stable is null ? null : judge.ThresholdFor(gate.Id);
        var sequence = new ProportionSequence(judge.IntervalLevelFor(gate.Id));
        return new QuantileMeasurement(
            gate.Id,
            look.SlowerThan(max, look.Candidate),
            look.SlowerThan(max, look.Stable),
            look.SlowerThan(threshold, look.Candidate),
            look.SlowerThan(threshold, look.Stable),
            ValueOf(candidateTotals.Latency, quantile, sequence),
            stableTotals.Latency.Total >= EnoughToTell(quantile) ? ValueOf(stableTotals.Latency, quantile, sequence) : null);
    }

    /// <summary>Requests of stable that make its quantile fit to be a yardstick: five beyond it, and thirty at all. It need not be exact, only known beforehand.</summary>
    internal static double EnoughToTell(double quantile) => Math.Max(30, 5 / (1 - quantile));

    private static QuantileValue? ValueOf(LatencyHistogram latency, double quantile, ProportionSequence sequence)
    {
        if (latency.Quantile(quantile) is not { } value)
        {
            return null;
        }

        var (low, high) = sequence.QuantileRanks(latency.Total, quantile);
        return new QuantileValue(value.TotalSeconds, latency.AtRank(low)?.Low.TotalSeconds, latency.AtRank(high)?.High.TotalSeconds);
    }

    private Measurement? Cpu(Gate gate, MeteredLook look)
    {
        if (!look.Counted)
        {
            return null;
        }

        return Share(look.Candidate, look.Now.Candidate) is { } candidate
            ? new LevelMeasurement(gate.Id, candidate, look.Now.Stable is null ? null : Share(look.Stable, look.Now.Stable))
            : new MissingMeasurement(gate.Id, Failed: false, "CPU time could not be read over this interval");

        double? Share(ArmInterval? arm, ArmReading now) => arm?.Cpu is { } cpu && look.Length > TimeSpan.Zero && now.Process.Instances > 0
            ? cpu / look.Length / (resources.Cpu / UnitsPerCore) / now.Process.Instances
            : null;
    }

    private Measurement Memory(Gate gate, TargetReading now)
    {
        return PerInstance(now.Candidate.Process) is { } bytes
            ? new LevelMeasurement(gate.Id, Share(bytes), now.Stable is { } stable && PerInstance(stable.Process) is { } other ? Share(other) : null)
            : new MissingMeasurement(gate.Id, Failed: false, "the candidate's memory could not be read");

        double Share(double ofBytes) => ofBytes / (resources.Memory * BytesPerMebibyte);
    }

    private static Measurement? Growth(Gate gate, MeteredLook look) =>
        !look.Counted ? null
        : PerInstance(look.Now.Candidate.Process) is { } bytes
            ? new TrendMeasurement(gate.Id, (look.Now.At - look.Now.Candidate.Process.StartedAt).TotalSeconds, bytes)
            : new MissingMeasurement(gate.Id, Failed: false, "the candidate's memory could not be read");

    private static double? PerInstance(ProcessReading process) =>
        process is { Memory: { } bytes, Instances: > 0 } ? (double)bytes / process.Instances : null;

    private static double Health(ProcessReading process) => process.Instances == 0 ? 0 : (double)process.Healthy / process.Instances;
}

using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>Requests of one look.</summary>
/// <param name="Stable">Null where stable has no traffic by construction.</param>
/// <param name="Warm">Whether latencies count.</param>
internal readonly record struct LookTraffic(long Candidate, long? Stable, bool Warm);

/// <summary>What one gate would measure in one rollout. Of one rollout: it remembers what it drew.</summary>
internal abstract class GateTraffic(Gate gate)
{
    public Gate Gate { get; } = gate;

    /// <summary>Share of the candidate's answers that are bad by this gate beyond stable's, 0–1; 0 where the arms are alike.</summary>
    public abstract double Excess { get; }

    /// <summary>Bad answers of the candidate so far.</summary>
    public long Bad { get; protected set; }

    /// <returns>Null when there is nothing new.</returns>
    public abstract Measurement? Draw(LookTraffic look, Judge judge, Random random);

    /// <summary>For what counts anew in every step.</summary>
    public virtual void BeginStep()
    {
    }

    /// <returns>Null for what is not rehearsed: rules, which have no chance, what answers are asked elsewhere, and model gates without an effect on them.</returns>
    public static GateTraffic? For(Gate gate, ImaginedTraffic traffic) => traffic.Model.For(gate) ?? (gate.Metric, MetricCatalog.Find(gate.Metric)?.Quantile) switch
    {
        ("http.errors", _) => new ShareTraffic(gate, traffic.Errors, duringWarmup: true),
        ("http.slow", _) => new ShareTraffic(gate, traffic.Slow ?? new Shares(traffic.Stable.SlowerThan(gate.SlowerThan!.Value.TotalSeconds), traffic.Candidate.SlowerThan(gate.SlowerThan!.Value.TotalSeconds)), duringWarmup: false),
        (_, { } quantile) => new LatencyTraffic(gate, quantile, traffic),
        _ => null,
    };
}

/// <summary>Gates that count answers which are bad or not.</summary>
internal sealed class ShareTraffic(Gate gate, Shares shares, bool duringWarmup) : GateTraffic(gate)
{
    public override double Excess => shares.Candidate - shares.Stable;

    public override Measurement? Draw(LookTraffic look, Judge judge, Random random)
    {
        var bad = random.Binomial(look.Candidate, shares.Candidate);
        Bad += bad;
        var stable = look.Stable is { } units ? new ArmCount(units, random.Binomial(units, shares.Stable)) : (ArmCount?)null;
        return look.Warm || duringWarmup
            ? new CountMeasurement(Gate.Id, new ArmCount(look.Candidate, bad), stable)
            : new CountMeasurement(Gate.Id, default, stable is null ? null : default(ArmCount));
    }
}

/// <summary>Quantile gates: how many were slower than each limit, drawn from the same requests; stable's own quantile is known as well as its requests so far tell it.</summary>
internal sealed class LatencyTraffic(Gate gate, double quantile, ImaginedTraffic traffic) : GateTraffic(gate)
{
    private readonly Estimate candidate = new(quantile, traffic.Candidate);
    private readonly Estimate stable = new(quantile, traffic.Stable);

    /// <summary>Slower than this is a bad answer: the lower of the limits.</summary>
    private readonly double yardstick = Math.Min(gate.Max ?? double.PositiveInfinity, gate.MaxRatio * traffic.Stable.Quantile(quantile) ?? double.PositiveInfinity);

    public override double Excess => traffic.Candidate.SlowerThan(yardstick) - traffic.Stable.SlowerThan(yardstick);

    public override Measurement? Draw(LookTraffic look, Judge judge, Random random)
    {
        var threshold = look.Stable is null ? null : judge.ThresholdFor(Gate.Id)?.TotalSeconds;
        if (!look.Warm)
        {
            Bad += random.Binomial(look.Candidate, traffic.Candidate.SlowerThan(yardstick));
            return Measurement(look, default, default, threshold is not null);
        }

        var ofCandidate = Slower(look.Candidate, traffic.Candidate, threshold, random);
        var ofStable = Slower(look.Stable ?? 0, traffic.Stable, threshold, random);
        Bad += threshold is not null && !(Gate.Max < threshold) ? ofCandidate.Ratio
            : Gate.Max <= yardstick ? ofCandidate.Max
            : random.Binomial(look.Candidate, traffic.Candidate.SlowerThan(yardstick));
        candidate.Add(look.Candidate, random);
        stable.Add(look.Stable ?? 0, random);
        return Measurement(look, ofCandidate, ofStable, threshold is not null);
    }

    private QuantileMeasurement Measurement(LookTraffic look, (long Max, long Ratio) ofCandidate, (long Max, long Ratio) ofStable, bool known)
    {
        var (units, others) = look.Warm ? (look.Candidate, look.Stable ?? 0) : (0, 0);
        return new QuantileMeasurement(
            Gate.Id,
            Gate.Max is null ? null : new ArmCount(units, ofCandidate.Max),
            Gate.Max is null || look.Stable is null ? null : new ArmCount(others, ofStable.Max),
            known ? new ArmCount(units, ofCandidate.Ratio) : null,
            known ? new ArmCount(others, ofStable.Ratio) : null,
            candidate.Value(1),
            stable.Value(ServiceMeter.EnoughToTell(quantile)));
    }

    /// <summary>The slower than the higher limit are among the slower than the lower.</summary>
    private (long Max, long Ratio) Slower(long units, LatencyModel arm, double? threshold, Random random)
    {
        var beyondMax = Gate.Max is { } max ? arm.SlowerThan(max) : 0;
        var beyondRatio = threshold is { } seconds ? arm.SlowerThan(seconds) : 0;
        var more = random.Binomial(units, Math.Max(beyondMax, beyondRatio));
        var fewer = more == 0 ? 0 : random.Binomial(more, Math.Min(beyondMax, beyondRatio) / Math.Max(beyondMax, beyondRatio));
        return beyondMax >= beyondRatio ? (more, fewer) : (fewer, more);
    }

    /// <summary>An arm's quantile as its requests so far show it: the truth and a normal error that shrinks and drifts as it does in an empirical quantile.</summary>
    private sealed class Estimate(double quantile, LatencyModel arm)
    {
        private readonly double truth = arm.Quantile(quantile);
        private readonly double spreadOfOne = LatencyModel.SpreadOfQuantile(quantile, 1);
        private double requests;
        private double walk;

        public void Add(long count, Random random)
        {
            requests += count;
            walk += count == 0 ? 0 : Math.Sqrt(count) * random.Normal();
        }

        public QuantileValue? Value(double enough) => requests < enough ? null : new QuantileValue(truth * Math.Exp(walk / requests * spreadOfOne));
    }
}

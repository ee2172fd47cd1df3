using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>
/// `latency.*`: a quantile limit is a limit on the share of units that are slower. The quantile q lies above L exactly when more than
/// 1 − q of the units are slower than L; against stable, L is ratio × stable's quantile as known before the interval began.
/// </summary>
internal sealed class QuantileGate(Gate gate, MetricDefinition metric) : EvidenceGate(gate, metric)
{
    private QuantileValue? candidate;
    private QuantileValue? stable;
    private double? stableEver;

    /// <summary>Stable's quantile of the step before goes on being used until this step has its own: the threshold need only be known beforehand.</summary>
    public override TimeSpan? Threshold =>
        Gate.MaxRatio is { } ratio && stableEver is { } seconds ? TimeSpan.FromSeconds(seconds * ratio) : null;

    protected override double? AbsoluteLimit => Gate.Max is null ? null : Tail;

    protected override string? WhyNothingYet => Comparing is { Candidate.Units: 0 } && stableEver is null
        ? $"stable has answered too few {Step.Units} yet to tell its own {Metric.Name}"
        : null;

    /// <summary>The share of units that is slower than the quantile.</summary>
    private double Tail => 1 - Metric.Quantile!.Value;

    protected override void Reset(StepContext step)
    {
        base.Reset(step);
        (candidate, stable) = (null, null);
    }

    protected override void Observe(Measurement measurement)
    {
        if (measurement is not QuantileMeasurement slower)
        {
            throw Unfit(measurement);
        }

        if (slower.Candidate is { } absolute)
        {
            Absolute?.Observe(absolute, slower.Stable);
        }

        if (slower.RatioCandidate is { } first && slower.RatioStable is { } second)
        {
            Comparing?.Observe(first, second);
        }

        candidate = slower.CandidateValue ?? candidate;
        stable = slower.StableValue ?? stable;
        stableEver = stable?.Value ?? stableEver;
    }

    protected override Judgment Describe(Judgment judgment) => judgment with
    {
        Value = candidate?.Value,
        Low = candidate?.Low,
        High = candidate?.High,
        Stable = stable?.Value,
    };

    protected override Judgment Passing(Judgment judgment)
    {
        var (share, limit) = Comparing is not null
            ? (Comparing.SmallestCaught(ToleratedShare(Comparing)), Threshold?.TotalSeconds)
            : (Absolute?.SmallestCaught(), Gate.Max);
        return share is null || limit is null ? judgment : judgment with
        {
            Reason = $"would have been caught from {Percent(share.Value)} slower than {Seconds(limit.Value)} on, where {Percent(Tail)} are allowed",
        };
    }

    /// <summary>
    /// More than 1 − q slower than ratio × stable's quantile means that the candidate's quantile is above the limit, unless stable itself
    /// has slowed down that far meanwhile (both wait for the same database): then the quantiles over the step must say it.
    /// </summary>
    protected override bool IsIncreaseBeyondTolerance(Onset estimate) =>
        Onset.Share(estimate.Candidate) > Tail
        && (Onset.Share(estimate.Stable) <= Tail || candidate?.Value > Gate.MaxRatio * stable?.Value);

    protected override double ToleratedShare(ComparingTest comparing) => Tail;

    protected override string WhyWorse(Onset estimate) =>
        $"{Percent(Onset.Share(estimate.Candidate))} slower than {Seconds(Threshold!.Value.TotalSeconds)} against {Percent(Onset.Share(estimate.Stable))} at stable " +
        $"since the slowdown seems to have begun ({Tell(estimate.Candidate)} against {Tell(estimate.Stable)}), where {Percent(Tail)} are allowed";

    protected override string WhyAbove(AbsoluteTest absolute) =>
        $"at least {Percent(absolute.Low)} slower than {Seconds(Gate.Max!.Value)} ({Tell(absolute.Candidate)}), where {Percent(Tail)} are allowed";

    private static string Percent(double share) => MetricText.Value(MetricUnit.Share, share);

    private static string Seconds(double seconds) => MetricText.Value(MetricUnit.Duration, seconds);
}

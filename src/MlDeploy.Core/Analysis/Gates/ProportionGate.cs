using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>`http.errors`, `http.slow`: the share of units that have the event.</summary>
internal sealed class ProportionGate(Gate gate, MetricDefinition metric) : EvidenceGate(gate, metric)
{
    private ArmCount candidate;
    private ArmCount stable;
    private bool hasStable;

    protected override double? AbsoluteLimit => Gate.Max;

    protected override void Reset(StepContext step)
    {
        base.Reset(step);
        (candidate, stable, hasStable) = (default, default, false);
    }

    protected override void Observe(Measurement measurement)
    {
        if (measurement is not CountMeasurement counts)
        {
            throw Unfit(measurement);
        }

        candidate += counts.Candidate;
        stable += counts.Stable ?? default;
        hasStable |= counts.Stable is not null;
        Absolute?.Observe(counts.Candidate, counts.Stable);
        if (counts.Stable is { } other)
        {
            Comparing?.Observe(counts.Candidate, other);
        }
    }

    protected override Judgment Describe(Judgment judgment)
    {
        var interval = new ProportionSequence(IntervalLevel);
        var units = Math.Max(candidate.Units, candidate.Events);
        return judgment with
        {
            Value = units == 0 ? null : (double)candidate.Events / units,
            Low = units == 0 ? null : interval.Lower(candidate.Events, units),
            High = units == 0 ? null : interval.Upper(candidate.Events, units),
            Stable = hasStable && stable.Units > 0 ? Onset.Share(stable) : null,
        };
    }

    protected override Judgment Passing(Judgment judgment) => judgment with
    {
        SmallestCaught = Comparing is not null
            ? Comparing.SmallestCaught(ToleratedShare(Comparing)) - Comparing.StableShare
            : Absolute?.SmallestCaught() - Gate.Max,
    };

    protected override bool IsIncreaseBeyondTolerance(Onset estimate) => estimate.Increase > Gate.MaxIncrease;

    protected override double ToleratedShare(ComparingTest comparing) => Math.Min(1, comparing.StableShare + Gate.MaxIncrease!.Value);

    protected override string WhyWorse(Onset estimate) =>
        $"{Say(Onset.Share(estimate.Candidate))} against {Say(Onset.Share(estimate.Stable))} at stable since the rise seems to have begun " +
        $"({Tell(estimate.Candidate)} against {Tell(estimate.Stable)}), tolerated {Say(Gate.MaxIncrease!.Value)} more";

    protected override string WhyAbove(AbsoluteTest absolute) =>
        $"at least {Say(absolute.Low)} ({Tell(absolute.Candidate)}), where at most {Say(Gate.Max!.Value)} are allowed";

    private string Say(double share) => MetricText.Value(Metric.Unit, share);
}

using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>
/// A gate on how many units have an event, under the guarantee: an absolute limit by a confidence sequence, a comparing one by the
/// conditional e-process. Fails as soon as either is broken; passes once there is enough of everything it is judged on.
/// </summary>
internal abstract class EvidenceGate(Gate gate, MetricDefinition metric) : GateJudge(gate, metric)
{
    private double intervalLevel;

    public override double IntervalLevel => intervalLevel;

    protected StepContext Step { get; private set; } = null!;

    protected AbsoluteTest? Absolute { get; private set; }

    protected ComparingTest? Comparing { get; private set; }

    /// <summary>The share of units that may have the event under the absolute limit, 0–1; null without one.</summary>
    protected abstract double? AbsoluteLimit { get; }

    protected override void Reset(StepContext step)
    {
        Step = step;
        Absolute = AbsoluteLimit is { } limit ? new AbsoluteTest(step.Absolute, limit) : null;
        Comparing = step.Comparable && Budget.HasComparing(Gate) ? new ComparingTest(step.Comparing, step.UserUnits) : null;
        intervalLevel = Absolute is null ? step.Comparing : step.Absolute;
    }

    protected override Judgment Judge()
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with
        {
            N = Units,
            Evidence = Comparing is null ? null : Logarithms.BoundedExp(Comparing.LogEvidence),
            EvidenceNeeded = Comparing is null ? null : Logarithms.BoundedExp(Comparing.LogNeeded),
        };
        judgment = Step.Explains ? Describe(judgment) : judgment;

        if (Comparing is { HasEvidence: true } && IsIncreaseBeyondTolerance(Comparing.Estimate))
        {
            return judgment with { Kind = JudgmentKind.Fail, Reason = WhyWorse(Comparing.Estimate) };
        }

        if (Absolute is { Fails: true })
        {
            return judgment with { Kind = JudgmentKind.Fail, Reason = WhyAbove(Absolute), StableFailsToo = Absolute.StableFails };
        }

        if (Units < Step.MinimumUnits)
        {
            var more = Step.MinimumUnits - Units;
            return judgment with
            {
                Kind = JudgmentKind.Inconclusive,
                MoreNeeded = more,
                Reason = WhyNothingYet ?? $"{MetricText.Count(Units)} {Step.Units} at the candidate so far, at least {MetricText.Count(Step.MinimumUnits)} are needed",
            };
        }

        return !IsDecisive(1) ? Indecisive(judgment) : Step.Explains ? Passing(judgment) : judgment;
    }

    /// <summary>Units at the candidate on which everything this gate is judged on was counted.</summary>
    protected long Units => Math.Min(Absolute?.Candidate.Units ?? long.MaxValue, Comparing?.Candidate.Units ?? long.MaxValue);

    /// <summary>Adds the values and intervals a reader sees.</summary>
    protected abstract Judgment Describe(Judgment judgment);

    /// <summary>Adds what would have been caught.</summary>
    protected abstract Judgment Passing(Judgment judgment);

    protected abstract bool IsIncreaseBeyondTolerance(Onset estimate);

    /// <summary>The candidate's share of units with the event up to which the comparing limit tolerates it.</summary>
    protected abstract double ToleratedShare(ComparingTest comparing);

    protected abstract string WhyWorse(Onset estimate);

    protected abstract string WhyAbove(AbsoluteTest absolute);

    /// <summary>A better explanation than "too few units", when there is one.</summary>
    protected virtual string? WhyNothingYet => null;

    protected string Tell(ArmCount arm) => $"{MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} {Step.Units}";

    /// <summary>A gate that could not have failed does not pass: something, at least a candidate that always has the event, would have been caught.</summary>
    private bool IsDecisive(double scale) => Absolute?.IsDecisive(scale) != false && Comparing?.IsDecisive(scale) != false;

    private Judgment Indecisive(Judgment judgment) => judgment with
    {
        Kind = JudgmentKind.Inconclusive,
        MoreNeeded = Search.ScaleNeeded(IsDecisive) is { } scale ? (long)Math.Ceiling(Units * (scale - 1)) : null,
        Reason = $"not even a candidate that always fails would have shown by now: {Tell(Comparing?.Stable ?? default)} at stable",
    };
}

using MlDeploy.Core.Analysis.Gates;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// `model.inputs.missing`, `model.inputs.unseen`, `model.prediction.invalid`: a share of rows or values, against a limit by <see cref="RateEvidence"/>,
/// and of invalid predictions against stable by the conditional e-process.
/// </summary>
internal sealed class ShareGate(Gate gate, MetricDefinition metric, ModelYardstick? model) : ModelGate(gate, metric)
{
    /// <summary>Values to expect before having none of them is strange.</summary>
    private const double Expected = 30;

    private ComparingTest? comparing;
    private FeatureTally? before;

    protected override void Reset(StepContext step)
    {
        base.Reset(step);
        before = null;
        comparing = step.Comparable && Budget.HasComparing(Gate) ? new ComparingTest(step.Comparing, step.UserUnits) : null;
    }

    protected override void Observe(Measurement measurement)
    {
        base.Observe(measurement);
        if (comparing is not null && Last!.Features is [{ Stable: { } stable } now])
        {
            // The process takes what is new.
            comparing.Observe(New(now.Candidate, before?.Candidate), New(stable, before?.Stable));
            before = now;
        }
    }

    protected override Judgment Judge()
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with { N = Last!.Rows };
        if (comparing is { HasEvidence: true } && comparing.Estimate.Increase > Gate.MaxIncrease)
        {
            var estimate = comparing.Estimate;
            return Describe(judgment, Last.Features[0]) with { Kind = JudgmentKind.Fail, Reason = $"{Say(Onset.Share(estimate.Candidate))} against {Say(Onset.Share(estimate.Stable))} at stable, tolerated {Say(Gate.MaxIncrease!.Value)} more" };
        }

        var needed = Needed(Step.Absolute, Last.Features.Length);
        FeatureTally? worst = null;
        var (worstExcess, worstFails) = (double.NegativeInfinity, false);
        string? indecisive = null, empty = null;
        foreach (var tally in Last.Features)
        {
            var arm = tally.Candidate;
            if (arm.Units == 0)
            {
                empty ??= IsExpected(tally.Name) ? tally.Name : null;
                continue;
            }

            var (excess, fails) = LimitOf(tally.Name) is { } limit ? ((double)arm.Events / arm.Units - limit, IsAbove(arm, limit, needed)) : ((double)arm.Events / arm.Units, false);
            if (worst is null || (fails != worstFails ? fails : excess > worstExcess))
            {
                (worst, worstExcess, worstFails) = (tally, excess, fails);
            }

            indecisive ??= fails || LimitOf(tally.Name) is not { } bound || arm.Units < Expected || RateEvidence.Log(arm.Units, arm.Units, bound) >= needed ? null : tally.Name;
        }

        if (worst is null)
        {
            return WithoutValues(judgment, empty ?? "the model");
        }

        judgment = Describe(judgment, worst);
        return worstFails ? judgment with { Kind = JudgmentKind.Fail, Reason = Why(worst), StableFailsToo = StableTells && worst.Stable is { } stable && IsAbove(stable, LimitOf(worst.Name)!.Value, needed) }
            : Last.Rows < Step.MinimumUnits ? UnlessTooFew(judgment)
            : empty is not null ? WithoutValues(judgment, empty)
            : indecisive is not null ? NotDecisive(judgment, indecisive)
            : comparing is { } pair && !pair.IsDecisive(1) ? NotDecisive(judgment, worst.Name)
            : Last.Features.Length > 1 ? judgment with { Reason = $"worst is {worst.Name}" } : judgment;
    }

    /// <summary>Predictions need no profile: what stable answers is judged in its own right.</summary>
    private bool StableTells => Gate.Metric is "model.prediction.invalid" || model?.StableSharesProfile == true;

    private static ArmCount New(ArmTally now, ArmTally? before) =>
        new(Math.Max(0, now.Units - (before?.Units ?? 0)), Math.Max(0, now.Events - (before?.Events ?? 0)));

    private static bool IsAbove(ArmTally arm, double limit, double needed) => RateEvidence.Log(arm.Events, arm.Units, limit) >= needed;

    /// <summary>Null when the gate only compares with stable.</summary>
    private double? LimitOf(string name)
    {
        var over = Gate.Metric is "model.inputs.missing" && Gate.MaxIncrease is { } increase ? Math.Min(1, (model?.Find(name)?.Missing ?? 0) + increase) : (double?)null;
        return over is { } tolerated && Gate.Max is { } max ? Math.Min(tolerated, max) : over ?? Gate.Max;
    }

    private bool IsExpected(string name) => model?.Find(name) is not { } known || Last!.Rows * (1 - known.Missing) >= Expected;

    private Judgment Describe(Judgment judgment, FeatureTally tally)
    {
        var arm = tally.Candidate;
        return judgment with
        {
            Value = arm.Units == 0 ? null : (double)arm.Events / arm.Units,
            Low = Step.Explains && Gate.Max is not null | Budget.HasAbsolute(Gate) ? RateEvidence.Lower(arm.Events, arm.Units, Step.Absolute / Math.Max(1, Last!.Features.Length)) : null,
            Stable = tally.Stable is { Units: > 0 } stable ? (double)stable.Events / stable.Units : null,
        };
    }

    private string Why(FeatureTally tally)
    {
        var (arm, limit) = (tally.Candidate, LimitOf(tally.Name)!.Value);
        var low = RateEvidence.Lower(arm.Events, arm.Units, Step.Absolute / Math.Max(1, Last!.Features.Length));
        var what = Gate.Metric switch
        {
            "model.inputs.missing" => $"{tally.Name} is missing in {MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} rows",
            "model.inputs.unseen" => $"{tally.Name} has names that the profile has not in {MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} values",
            _ => $"{MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} predictions are no number, or outside the range",
        };
        return $"{what}, at least {Say(low)}, where at most {Say(limit)} is allowed";
    }
}

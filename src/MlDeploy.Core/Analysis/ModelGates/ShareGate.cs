using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Gates;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// `model.inputs.missing`, `model.inputs.unseen`, `model.prediction.invalid`: a share of rows or values, against a limit by <see cref="RateEvidence"/>,
/// and of invalid predictions against stable by the conditional e-process.
/// </summary>
internal sealed class ShareGate(Gate gate, MetricDefinition metric, ModelYardstick? model) : ModelGate(gate, metric, model?.SlicesOf(gate).Length ?? 0)
{
    /// <summary>Values to expect before having none of them is strange.</summary>
    private const double Expected = 30;

    /// <summary>Against stable: of all rows (the empty name), and of each slice.</summary>
    private readonly Dictionary<string, (ComparingTest Test, FeatureTally? Before)> comparing = new(StringComparer.Ordinal);

    protected override void Reset(StepContext step)
    {
        base.Reset(step);
        comparing.Clear();
    }

    protected override void Observe(Measurement measurement)
    {
        base.Observe(measurement);
        if (!IsComparing)
        {
            return;
        }

        Compare(null, Last!.Features);
        foreach (var slice in Last.Slices ?? [])
        {
            Compare(slice.Slice, slice.Features);
        }
    }

    protected override Judgment Judge(JudgedRows rows)
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with { N = rows.Rows };
        var test = comparing.GetValueOrDefault(rows.Slice ?? "").Test;
        if (test is { HasEvidence: true } && test.Estimate.Increase > Gate.MaxIncrease)
        {
            var estimate = test.Estimate;
            return Describe(judgment, rows.Features[0], rows) with { Kind = JudgmentKind.Fail, Reason = $"{Say(Onset.Share(estimate.Candidate))} against {Say(Onset.Share(estimate.Stable))} at stable, tolerated {Say(Gate.MaxIncrease!.Value)} more" };
        }

        var needed = Needed(Step.Model * rows.Part, FeaturesOf(rows));
        FeatureTally? worst = null;
        var (worstExcess, worstFails) = (double.NegativeInfinity, false);
        string? indecisive = null, empty = null;
        foreach (var tally in rows.Features)
        {
            var arm = tally.Candidate;
            if (arm.Units == 0)
            {
                empty ??= IsExpected(tally.Name, rows) ? tally.Name : null;
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

        judgment = Describe(judgment, worst, rows);
        return worstFails ? judgment with { Kind = JudgmentKind.Fail, Reason = Why(worst, rows), StableFailsToo = StableTells && worst.Stable is { } stable && IsAbove(stable, LimitOf(worst.Name)!.Value, needed) }
            : rows.Rows < Step.MinimumUnits ? UnlessTooFew(judgment, rows)
            : empty is not null ? WithoutValues(judgment, empty)
            : indecisive is not null ? NotDecisive(judgment, indecisive, rows)
            : IsComparing && test?.IsDecisive(1) != true ? NotDecisive(judgment, worst.Name, rows)
            : rows.Features.Length > 1 ? judgment with { Reason = $"worst is {worst.Name}" } : judgment;
    }

    private bool IsComparing => Step.Comparable && Budget.HasComparing(Gate);

    /// <summary>Predictions need no profile: what stable answers is judged in its own right.</summary>
    private bool StableTells => Gate.Metric is "model.prediction.invalid" || model?.StableSharesProfile == true;

    /// <summary>Features that the budget is split over: those that are measured in all rows, since of a slice only the worst are told.</summary>
    private int FeaturesOf(JudgedRows rows) => rows.Slice is null ? rows.Features.Length : Math.Max(rows.Features.Length, Last!.Features.Length);

    /// <summary>The process takes what is new.</summary>
    private void Compare(string? slice, ImmutableArray<FeatureTally> features)
    {
        if (features is not [{ Stable: { } stable } now])
        {
            return;
        }

        var (test, before) = comparing.TryGetValue(slice ?? "", out var known) ? known : (new ComparingTest(Step.Comparing * SlicePart(slice), Step.UserUnits), null);
        test.Observe(New(now.Candidate, before?.Candidate), New(stable, before?.Stable));
        comparing[slice ?? ""] = (test, now);
    }

    private static ArmCount New(ArmTally now, ArmTally? before) =>
        new(Math.Max(0, now.Units - (before?.Units ?? 0)), Math.Max(0, now.Events - (before?.Events ?? 0)));

    private static bool IsAbove(ArmTally arm, double limit, double needed) => RateEvidence.Log(arm.Events, arm.Units, limit) >= needed;

    /// <summary>Null when the gate only compares with stable.</summary>
    private double? LimitOf(string name)
    {
        var over = Gate.Metric is "model.inputs.missing" && Gate.MaxIncrease is { } increase ? Math.Min(1, (model?.Find(name)?.Missing ?? 0) + increase) : (double?)null;
        return over is { } tolerated && Gate.Max is { } max ? Math.Min(tolerated, max) : over ?? Gate.Max;
    }

    private bool IsExpected(string name, JudgedRows rows) => model?.Find(name) is not { } known || rows.Rows * (1 - known.Missing) >= Expected;

    private Judgment Describe(Judgment judgment, FeatureTally tally, JudgedRows rows)
    {
        var arm = tally.Candidate;
        return judgment with
        {
            Value = arm.Units == 0 ? null : (double)arm.Events / arm.Units,
            Low = Step.Explains && Gate.Max is not null | Budget.HasAbsolute(Gate) ? RateEvidence.Lower(arm.Events, arm.Units, Level(rows)) : null,
            Stable = tally.Stable is { Units: > 0 } stable ? (double)stable.Events / stable.Units : null,
        };
    }

    private double Level(JudgedRows rows) => Step.Model * rows.Part / Math.Max(1, FeaturesOf(rows));

    private string Why(FeatureTally tally, JudgedRows rows)
    {
        var (arm, limit) = (tally.Candidate, LimitOf(tally.Name)!.Value);
        var low = RateEvidence.Lower(arm.Events, arm.Units, Level(rows));
        var what = Gate.Metric switch
        {
            "model.inputs.missing" => $"{tally.Name} is missing in {MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} rows",
            "model.inputs.unseen" => $"{tally.Name} has names that the profile has not in {MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} values",
            _ => $"{MetricText.Count(arm.Events)} of {MetricText.Count(arm.Units)} predictions are no number, or outside the range",
        };
        return $"{what}, at least {Say(low)}, where at most {Say(limit)} is allowed";
    }
}

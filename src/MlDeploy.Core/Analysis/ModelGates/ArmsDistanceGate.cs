using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>`model.prediction.drift`: the candidate's predictions against stable's over the same time. Void where the arms got different inputs.</summary>
internal sealed class ArmsDistanceGate : ModelGate
{
    private readonly Func<double[], double[], double, double>? evidence;
    private readonly FeaturePartition? partition;

    /// <exception cref="ArgumentException">The yardstick's bins are none.</exception>
    public ArmsDistanceGate(Gate gate, MetricDefinition metric, ModelYardstick? model)
        : base(gate, metric, model?.SlicesOf(gate).Length ?? 0)
    {
        partition = model?.Prediction?.Partition();
        evidence = partition is null || !LimitEvidence.Applies(gate.Measure, partition) ? null
            : gate.Measure is DistanceMeasure.Overlap ? Overlapping(new TwoSampleEvidence(partition)) : new TwoSampleLinearEvidence(gate.Measure, partition).Log;
    }

    protected override Judgment Judge(JudgedRows rows)
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with { N = rows.Rows };
        if (evidence is null || rows.Features is not [{ Stable: { } stableTally } tally])
        {
            return judgment with { Kind = JudgmentKind.NoData, Reason = "nothing was known of predictions beforehand, or stable has none" };
        }

        var (candidate, stable) = (tally.Candidate.Counts(partition!.Count), stableTally.Counts(partition.Count));
        var (n, m) = (Overlap.Total(candidate), Overlap.Total(stable));
        if (n == 0 || m == 0)
        {
            return judgment with { Kind = JudgmentKind.NoData, Reason = $"no predictions {(n == 0 ? "at the candidate" : "at stable")}" };
        }

        var (limit, needed) = (Gate.Max!.Value, Needed(Step.Comparing * rows.Part, 1));
        ImmutableArray<double> shares = [.. stable.Select(count => count / m)];
        var distance = OtherDistances.Of(Gate.Measure, partition, shares, candidate) ?? 0;
        judgment = judgment with { Value = distance, Low = Step.Explains ? Lower(candidate, stable, needed) : null };
        if (rows.Void is { } different)
        {
            return judgment with { Kind = JudgmentKind.Inconclusive, Reason = $"void: the arms' inputs differ ({different}), so their predictions cannot be compared" };
        }

        var chance = ChanceDistances.Of(Gate.Measure, partition, shares, n, m) ?? 0;
        return evidence(candidate, stable, limit) >= needed
            ? judgment with { Kind = JudgmentKind.Fail, Reason = $"predictions are at {MeasureText.Distance(Gate.Measure)} of {Say(distance)}, at least {Say(judgment.Low ?? limit)}, from stable's ({MetricText.Count(n)} against {MetricText.Count(m)}; chance alone gives {Say(chance)}), where at most {Say(limit)} is allowed" }
            : rows.Rows < Step.MinimumUnits ? UnlessTooFew(judgment, rows)
            : !IsDecisive(stable, n, limit, needed) ? NotDecisive(judgment, "predictions", rows)
            : judgment with { Reason = $"chance alone gives {Say(chance)}" };
    }

    /// <summary>A candidate that answers only what stable answers least would have failed.</summary>
    private bool IsDecisive(double[] stable, double n, double limit, double needed)
    {
        var counts = new double[stable.Length];
        counts[Array.IndexOf(stable, stable.Min())] = n;
        return evidence!(counts, stable, limit) >= needed;
    }

    private double Lower(double[] candidate, double[] stable, double needed) => LimitEvidence.Lower(limit => evidence!(candidate, stable, limit), Math.Exp(-needed));

    private static Func<double[], double[], double, double> Overlapping(TwoSampleEvidence evidence) => (candidate, stable, limit) => evidence.Log(candidate, stable, limit);
}

using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>`model.prediction.drift`: the candidate's predictions against stable's over the same time. Void where the arms got different inputs.</summary>
internal sealed class ArmsDistanceGate : ModelGate
{
    private readonly TwoSampleEvidence? evidence;
    private readonly FeaturePartition? partition;

    /// <exception cref="ArgumentException">The yardstick's bins are none.</exception>
    public ArmsDistanceGate(Gate gate, MetricDefinition metric, ModelYardstick? model)
        : base(gate, metric)
    {
        partition = model?.Prediction?.Partition();
        evidence = partition is null ? null : new TwoSampleEvidence(partition);
    }

    protected override Judgment Judge()
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with { N = Last!.Rows };
        if (evidence is null || Last.Features is not [{ Stable: { } stableTally } tally])
        {
            return judgment with { Kind = JudgmentKind.NoData, Reason = "nothing was known of predictions beforehand, or stable has none" };
        }

        var (candidate, stable) = (tally.Candidate.Counts(partition!.Count), stableTally.Counts(partition.Count));
        var (n, m) = (Overlap.Total(candidate), Overlap.Total(stable));
        if (n == 0 || m == 0)
        {
            return judgment with { Kind = JudgmentKind.NoData, Reason = $"no predictions {(n == 0 ? "at the candidate" : "at stable")}" };
        }

        var (limit, needed) = (Gate.Max!.Value, -Math.Log(Step.Comparing));
        var shares = stable.Select(count => count / m).ToArray();
        var distance = Overlap.Distance([.. shares], candidate);
        judgment = judgment with { Value = distance, Low = Step.Explains ? Lower(candidate, stable, needed) : null };
        if (Last.Void is { } different)
        {
            return judgment with { Kind = JudgmentKind.Inconclusive, Reason = $"void: the arms' inputs differ ({different}), so their predictions cannot be compared" };
        }

        var chance = Overlap.Chance([.. shares], n, m);
        return evidence.Log(candidate, stable, limit) >= needed
            ? judgment with { Kind = JudgmentKind.Fail, Reason = $"predictions are at a distance of {Say(distance)}, at least {Say(judgment.Low ?? limit)}, from stable's ({MetricText.Count(n)} against {MetricText.Count(m)}; chance alone gives {Say(chance)}), where at most {Say(limit)} is allowed" }
            : Last.Rows < Step.MinimumUnits ? UnlessTooFew(judgment)
            : !IsDecisive(stable, n, limit, needed) ? NotDecisive(judgment, "predictions")
            : judgment with { Reason = $"chance alone gives {Say(chance)}" };
    }

    /// <summary>A candidate that answers only what stable answers least would have failed.</summary>
    private bool IsDecisive(double[] stable, double n, double limit, double needed)
    {
        var counts = new double[stable.Length];
        counts[Array.IndexOf(stable, stable.Min())] = n;
        return evidence!.Log(counts, stable, limit) >= needed;
    }

    private double Lower(double[] candidate, double[] stable, double needed)
    {
        if (evidence!.Log(candidate, stable, 0) < needed)
        {
            return 0;
        }

        var (outside, inside) = (0.0, 1.0);
        for (var halving = 0; halving < 12; halving++)
        {
            var middle = (outside + inside) / 2;
            (outside, inside) = evidence.Log(candidate, stable, middle) >= needed ? (middle, inside) : (outside, middle);
        }

        return outside;
    }
}

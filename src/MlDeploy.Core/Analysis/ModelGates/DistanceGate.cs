using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>`model.inputs.drift`, `model.prediction.profile`: fails when the lower bound of a feature's distance from the profile lies above the limit.</summary>
internal sealed class DistanceGate : ModelGate
{
    private readonly Dictionary<string, Lazy<ILimitEvidence>> evidence = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Needed, double Values)> decisive = new(StringComparer.Ordinal);
    private readonly bool stableTells;

    public DistanceGate(Gate gate, MetricDefinition metric, ModelYardstick? model)
        : base(gate, metric, model?.SlicesOf(gate).Length ?? 0)
    {
        var judged = gate.Metric == "model.prediction.profile"
            ? model is { Prediction: { } prediction, PredictionFrom: PredictionBins.Profile } ? [prediction] : []
            : model?.Features.Where(feature => gate.Judges(feature.Name)) ?? [];
        foreach (var feature in judged)
        {
            if (feature.Partition() is { } partition && LimitEvidence.Applies(gate.Measure, partition))
            {
                evidence.Add(feature.Name, new(() => model!.Evidence.Take(feature, partition, gate.Measure, gate.Max!.Value)));
            }
        }

        stableTells = model?.StableSharesProfile == true;
    }

    protected override Judgment Judge(JudgedRows rows)
    {
        var (limit, level) = (Gate.Max!.Value, Step.Model * rows.Part);
        var needed = Needed(level, evidence.Count);
        var judgment = Say(JudgmentKind.Pass, reason: null) with { N = rows.Rows };
        var worst = (Tally: (FeatureTally?)null, Evidence: double.NegativeInfinity, Distance: -1.0);
        string? indecisive = null, empty = null;
        foreach (var tally in rows.Features)
        {
            if (!IsJudged(tally))
            {
                continue;
            }

            var against = Of(tally);
            var counts = tally.Candidate.Counts(against.Partition.Count);
            var values = Overlap.Total(counts);
            if (values == 0)
            {
                empty ??= tally.Name;
                continue;
            }

            // Within the limit no bet wins: what was counted is itself a distribution that the limit allows.
            var distance = against.Distance(counts);
            var log = Gate.Measure is DistanceMeasure.Overlap && distance <= limit ? double.NegativeInfinity : against.Log(counts, limit);
            var fails = log >= needed;
            var worstFails = worst.Evidence >= needed;
            if (fails != worstFails ? fails : distance > worst.Distance)
            {
                worst = (tally, log, distance);
            }

            indecisive ??= fails || IsDecisive(tally.Name, against, values, limit, needed) ? null : tally.Name;
        }

        if (worst.Tally is not { } farthest)
        {
            return WithoutValues(judgment, empty ?? "the model");
        }

        judgment = Describe(judgment, farthest, worst.Distance, level);
        return worst.Evidence >= needed ? judgment with { Kind = JudgmentKind.Fail, Reason = Why(judgment, farthest), StableFailsToo = stableTells && StableFails(farthest, limit, needed) }
            : rows.Rows < Step.MinimumUnits ? UnlessTooFew(judgment, rows)
            : empty is not null ? WithoutValues(judgment, empty)
            : indecisive is not null ? NotDecisive(judgment, indecisive, rows)
            : judgment with { Reason = $"farthest is {farthest.Name}; chance alone gives {Say(Chance(farthest))}" };
    }

    /// <summary>A candidate that puts all values where the reference has fewest would have failed.</summary>
    private bool IsDecisive(string name, ILimitEvidence against, double values, double limit, double needed)
    {
        // More values, or less evidence needed, decide too.
        if (decisive.TryGetValue(name, out var known) && values >= known.Values && needed <= known.Needed)
        {
            return true;
        }

        var counts = new double[against.Partition.Count];
        counts[against.Partition.Shares.IndexOf(against.Partition.Shares.Min())] = values;
        var decides = against.Log(counts, limit) >= needed;
        if (decides)
        {
            decisive[name] = (needed, values);
        }

        return decides;
    }

    /// <summary>False where the measure says nothing about the feature.</summary>
    private bool IsJudged(FeatureTally tally) => Gate.Measure is DistanceMeasure.Overlap || evidence.ContainsKey(tally.Name);

    private ILimitEvidence Of(FeatureTally tally) => evidence.TryGetValue(tally.Name, out var known) ? known.Value
        : throw new ArgumentException($"gate {Gate.Id} was measured on {tally.Name}, which the reference has not", nameof(tally));

    private Judgment Describe(Judgment judgment, FeatureTally farthest, double distance, double level)
    {
        var against = Of(farthest);
        var stable = farthest.Stable is { } arm ? arm.Counts(against.Partition.Count) : [];
        return judgment with
        {
            Value = distance,
            Low = Step.Explains ? against.Lower(farthest.Candidate.Counts(against.Partition.Count), level / evidence.Count) : null,
            Stable = Overlap.Total(stable) > 0 ? against.Distance(stable) : null,
        };
    }

    private bool StableFails(FeatureTally tally, double limit, double needed) =>
        tally.Stable is { } arm && Of(tally).Log(arm.Counts(Of(tally).Partition.Count), limit) >= needed;

    private double Chance(FeatureTally tally) => Of(tally).Chance(tally.Candidate.Bins.Sum());

    private string Why(Judgment judgment, FeatureTally farthest) =>
        $"{farthest.Name} is at {MeasureText.Distance(Gate.Measure)} of {Say(judgment.Value!.Value)}, at least {Say(judgment.Low ?? Gate.Max!.Value)}, from the profile " +
        $"({MetricText.Count(farthest.Candidate.Bins.Sum())} values; chance alone gives {Say(Chance(farthest))}), where at most {Say(Gate.Max!.Value)} is allowed";
}

using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Core.Report;

/// <summary>The features section, from what the model gates measured: distributions as they were last judged, counts of capture over all steps.</summary>
internal static class FeatureHistory
{
    /// <summary>Null when nothing of the model was measured.</summary>
    public static FeaturesReport? Of(OpenedEntry opened, IReadOnlyList<JournalEntry> entries, AppManifest? manifest)
    {
        var looks = entries.OfType<LookEntry>().ToArray();
        var measured = looks.SelectMany(look => look.Measurements.OfType<ModelMeasurement>().Select(one => (look.Step, One: one))).ToArray();
        if (manifest is null || opened.Plan.Model is not { } yardstick || measured.Length == 0)
        {
            return null;
        }

        var last = measured.GroupBy(one => one.One.Gate, StringComparer.Ordinal).ToDictionary(told => told.Key, told => told.Last(), StringComparer.Ordinal);
        var captured = measured.GroupBy(one => one.Step).Select(step => step.MaxBy(one => one.One.Capture.Rows).One.Capture).ToArray();
        var budget = new Budget(RolloutJudging.PlanFor(manifest, opened.Plan));
        return new FeaturesReport
        {
            Reference = yardstick.Reference is { } named ? $"profile {named}" : "stable",
            Features = [.. manifest.Rollout.Gates.Where(gate => last.ContainsKey(gate.Id)).SelectMany(gate => Features(gate, last[gate.Id], last, yardstick, manifest, budget))],
            Captured = captured.Sum(tally => tally.Rows),
            Dropped = captured.Sum(tally => tally.Dropped),
            Unparsable = captured.Sum(tally => tally.Unparsable),
            Void = [.. last.Values.Where(one => one.One.Void is not null).Select(one => $"{one.One.Gate}: the arms' inputs differ ({one.One.Void}), so their predictions cannot be compared")],
        };
    }

    private static IEnumerable<FeatureReport> Features(
        Gate gate, (int Step, ModelMeasurement One) told, Dictionary<string, (int Step, ModelMeasurement One)> last, ModelYardstick yardstick, AppManifest manifest, Budget budget)
    {
        var missing = manifest.Rollout.Gates.FirstOrDefault(other => other.Metric == "model.inputs.missing") is { } counting && last.TryGetValue(counting.Id, out var counted)
            ? counted.One.Features : [];
        FeatureTally? Missing(string name) => missing.FirstOrDefault(tally => tally.Name == name);
        return gate.Metric switch
        {
            "model.inputs.drift" => told.One.Features
                .Select(tally => yardstick.Find(tally.Name) is { } feature ? Compared(feature, tally, Missing(tally.Name), gate, budget.Absolute(told.Step) / (gate.Slices.IsEmpty ? 1 : 2) / told.One.Features.Length) : null)
                .OfType<FeatureReport>()
                .Concat(Sliced(gate, told, yardstick, budget)),
            "model.prediction.profile" or "model.prediction.drift" when yardstick.Prediction is { } prediction => told.One.Features
                .Select(tally => Answered(prediction, tally, gate, yardstick, gate.Metric is "model.prediction.drift" ? budget.Comparing(told.Step) : budget.Absolute(told.Step))).OfType<FeatureReport>(),
            "model.inputs.missing" => told.One.Features
                .Where(tally => yardstick.Find(tally.Name) is { Shares.Length: 0 } || !manifest.Rollout.Gates.Any(other => other.Metric == "model.inputs.drift" && other.Judges(tally.Name)))
                .Select(tally => Uncompared(yardstick.Find(tally.Name), tally)),
            _ => [],
        };
    }

    /// <summary>Of the slices, what is beyond the limit: all of them would be hundreds.</summary>
    private static IEnumerable<FeatureReport> Sliced(Gate gate, (int Step, ModelMeasurement One) told, ModelYardstick yardstick, Budget budget)
    {
        var level = budget.Absolute(told.Step) / 2 / Math.Max(1, yardstick.SlicesOf(gate).Length * told.One.Features.Length);
        return (told.One.Slices ?? [])
            .SelectMany(slice => slice.Features.Select(tally => (slice.Slice, Feature: yardstick.Find(tally.Name), Tally: tally)))
            .Where(one => one.Feature is not null)
            .Select(one => Compared(one.Feature!, one.Tally, null, gate, level) is { } feature ? feature with { Name = $"{feature.Name} where {one.Slice}" } : null)
            .OfType<FeatureReport>()
            .Where(feature => feature.DistanceAtLeast > gate.Max);
    }

    private static FeatureReport? Compared(JudgedFeature feature, FeatureTally tally, FeatureTally? missing, Gate gate, double level)
    {
        if (feature.Partition() is not { } partition || !LimitEvidence.Applies(gate.Measure, partition))
        {
            return null;
        }

        var evidence = LimitEvidence.For(gate.Measure, partition, gate.Max ?? 0);
        var counts = tally.Candidate.Counts(partition.Count);
        var values = Overlap.Total(counts);
        var drawn = new DrawnBins(feature, [partition.Shares, .. new[] { tally.Candidate, tally.Stable }.OfType<ArmTally>().Select(Shares)]);
        return new FeatureReport
        {
            Name = feature.Name,
            Unit = feature.Unit,
            Description = feature.Description,
            Measure = gate.Measure,
            Distance = values > 0 ? evidence.Distance(counts) : null,
            DistanceAtLeast = values > 0 ? evidence.Lower(counts, level) : null,
            DistanceByChance = values > 0 ? evidence.Chance(values) : null,
            Limit = gate.Max,
            Edges = drawn.Edges,
            Categories = drawn.Categories,
            Reference = new FeatureSample(feature.Count, feature.Missing, drawn.Of(partition.Shares)),
            Stable = tally.Stable is { } stable ? new FeatureSample(stable.Units, Share(missing?.Stable), drawn.Of(Shares(stable))) : null,
            Candidate = new FeatureSample(tally.Candidate.Units, Share(missing?.Candidate), drawn.Of(Shares(tally.Candidate))),
        };
    }

    private static FeatureReport? Answered(JudgedFeature prediction, FeatureTally tally, Gate gate, ModelYardstick yardstick, double level)
    {
        if (gate.Metric is "model.prediction.profile")
        {
            return Compared(prediction, tally, null, gate, level) is { } profile ? profile with { IsPrediction = true } : null;
        }

        if (prediction.Partition() is not { } partition || tally.Stable is not { } arm)
        {
            return null;
        }

        var (candidate, stable) = (tally.Candidate.Counts(partition.Count), arm.Counts(partition.Count));
        var (n, m) = (Overlap.Total(candidate), Overlap.Total(stable));
        ImmutableArray<double> shares = Shares(arm);
        var reference = yardstick.PredictionFrom == PredictionBins.Profile;
        var drawn = new DrawnBins(prediction, [Shares(tally.Candidate), shares]);
        return new FeatureReport
        {
            Name = prediction.Name,
            IsPrediction = true,
            DistanceFrom = DistanceFrom.Stable,
            Measure = gate.Measure,
            Distance = n > 0 && m > 0 ? OtherDistances.Of(gate.Measure, partition, shares, candidate) : null,
            DistanceByChance = n > 0 && m > 0 ? ChanceDistances.Of(gate.Measure, partition, shares, n, m) : null,
            Limit = gate.Max,
            Edges = drawn.Edges,
            Categories = drawn.Categories,
            Reference = reference ? new FeatureSample(prediction.Count, prediction.Missing, drawn.Of(partition.Shares)) : null,
            Stable = new FeatureSample(arm.Units, 0, drawn.Of(shares)),
            Candidate = new FeatureSample(tally.Candidate.Units, 0, drawn.Of(Shares(tally.Candidate))),
        };
    }

    private static FeatureReport Uncompared(JudgedFeature? feature, FeatureTally tally) => new()
    {
        Name = tally.Name,
        Unit = feature?.Unit,
        Description = feature?.Description,
        Reference = new FeatureSample(feature?.Count ?? 0, feature?.Missing ?? double.NaN, []),
        Stable = tally.Stable is { } stable ? new FeatureSample(stable.Units, Share(stable), []) : null,
        Candidate = new FeatureSample(tally.Candidate.Units, Share(tally.Candidate), []),
    };

    private static double Share(ArmTally? arm) => arm is { Units: > 0 } ? (double)arm.Events / arm.Units : double.NaN;

    private static ImmutableArray<double> Shares(ArmTally arm) => arm.Bins.Sum() is > 0 and var total ? [.. arm.Bins.Select(count => (double)count / total)] : [.. arm.Bins.Select(_ => 0.0)];
}

using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <param name="Counts">Null where nothing was captured in the step.</param>
/// <param name="Predictions">Answers that should hold one.</param>
/// <param name="Invalid">Of them: absent, unreadable, not finite, or out of range.</param>
/// <param name="Slices">The same of the rollout's slices, those that came.</param>
/// <param name="WhyNothing">Where predictions come from a log: why there are none, to be told when there are none.</param>
public sealed record CapturedArm(ArmCounts? Counts, long Predictions, long Invalid, CaptureTally Capture, ImmutableArray<CapturedSlice>? Slices = null, string? WhyNothing = null);

/// <summary>What was captured of one slice; see <see cref="CapturedArm"/>.</summary>
public sealed record CapturedSlice(JudgedSlice Slice, ArmCounts Counts, long Predictions, long Invalid);

/// <summary>
/// From what capture counted in a step to one measurement per model gate. A step is measured again when it has noticeably more rows, which bounds
/// the journal by the logarithm of the traffic.
/// </summary>
public sealed class ModelMeter(ImmutableArray<Gate> gates, ModelYardstick? yardstick, DateTimeOffset? trainedAt)
{
    internal const double Noticeably = 1.05;

    /// <summary>Rows without one value that make a feature absent.</summary>
    private const long EnoughToMiss = 50;

    /// <summary>Features told of a slice: the worst of hundreds, so that the journal stays small.</summary>
    private const int MostTold = 5;

    /// <summary>Chance at which arms that got the same inputs are taken for different ones, over a step.</summary>
    private const double VoidLevel = 0.001;

    private long measured;

    public bool HasGates { get; } = gates.Any(gate => gate.Metric.StartsWith("model.", StringComparison.Ordinal));

    public void BeginStep() => measured = 0;

    /// <param name="stable">Null where stable has no traffic.</param>
    public IReadOnlyList<Measurement> Measure(DateTimeOffset now, CapturedArm? candidate, CapturedArm? stable)
    {
        var rows = candidate?.Counts?.Rows ?? 0;
        var due = rows > 0 && (measured == 0 || rows >= Math.Max(measured + 1, measured * Noticeably));
        measured = due ? rows : measured;
        return [.. gates.Select(gate => gate.Metric switch
        {
            "model.age" when trainedAt is { } trained => new LevelMeasurement(gate.Id, Math.Max(0, (now - trained).TotalSeconds)),
            _ when !gate.Metric.StartsWith("model.", StringComparison.Ordinal) => null,
            _ when rows == 0 => new MissingMeasurement(gate.Id, Failed: false, WhyNothing(candidate)),
            _ when due => Measure(gate, candidate!, stable),
            _ => (Measurement?)null,
        }).OfType<Measurement>()];
    }

    private static string WhyNothing(CapturedArm? candidate) => candidate?.WhyNothing ?? candidate?.Capture switch
    {
        { Unparsable: > 0 and var unread } => $"none of {MetricText.Count(unread)} requests at the candidate could be read as model.protocol and model.inputs say",
        { Dropped: > 0 and var dropped } => $"all of {MetricText.Count(dropped)} requests at the candidate were dropped by capture",
        _ => "no prediction was asked of the candidate yet in this step",
    };

    private ModelMeasurement? Measure(Gate gate, CapturedArm candidate, CapturedArm? stable)
    {
        var (mine, theirs) = (candidate.Counts!, stable?.Counts is { Rows: > 0 } counts ? counts : null);
        var capture = new CaptureTally(
            mine.Rows + (theirs?.Rows ?? 0), candidate.Capture.Dropped + (stable?.Capture.Dropped ?? 0), candidate.Capture.Unparsable + (stable?.Capture.Unparsable ?? 0));
        return Told(gate, mine, theirs, (candidate.Predictions, candidate.Invalid), stable is null ? null : (stable.Predictions, stable.Invalid)) is { } all
            ? new ModelMeasurement(gate.Id, mine.Rows, [.. all.Features], capture, all.Void, Slices(gate, candidate, stable))
            : null;
    }

    /// <summary>Null for a gate without slices.</summary>
    private ImmutableArray<SliceTally>? Slices(Gate gate, CapturedArm candidate, CapturedArm? stable)
    {
        if (yardstick?.SlicesOf(gate) is not { IsEmpty: false } slices)
        {
            return null;
        }

        var tallies = ImmutableArray.CreateBuilder<SliceTally>();
        foreach (var mine in (candidate.Slices ?? []).Where(one => slices.Contains(one.Slice) && one.Counts.Rows > 0))
        {
            var theirs = stable?.Slices?.FirstOrDefault(one => one.Slice == mine.Slice);
            if (Told(gate, mine.Counts, theirs?.Counts, (mine.Predictions, mine.Invalid), theirs is null ? null : (theirs.Predictions, theirs.Invalid)) is { } told)
            {
                // A slice has one value of its own feature by definition.
                tallies.Add(new SliceTally(mine.Slice.ToString(), mine.Counts.Rows, [.. told.Features.Where(tally => tally.Name != mine.Slice.Feature).OrderByDescending(tally => Badness(gate, tally)).Take(MostTold)], told.Void));
            }
        }

        return tallies.ToImmutable();
    }

    /// <summary>How far a feature is from what its gate allows, for ranking alone.</summary>
    private double Badness(Gate gate, FeatureTally tally) => tally.Candidate switch
    {
        { Bins.IsEmpty: true, Units: > 0 } arm => ((double)arm.Events / arm.Units) - (gate.Metric is "model.inputs.missing" ? yardstick?.Find(tally.Name)?.Missing ?? 0 : 0),
        { Bins.IsEmpty: false } arm when arm.Bins.Sum() > 0 && (yardstick?.Find(tally.Name) ?? yardstick?.Prediction)?.Partition() is { } partition && partition.Count == arm.Bins.Length =>
            OtherDistances.Of(gate.Measure, partition, arm.Counts(partition.Count)) ?? -1,
        _ => -1,
    };

    /// <summary>The tallies that a gate is judged on, and why they cannot be compared; null when there is nothing to tell.</summary>
    private (IEnumerable<FeatureTally> Features, string? Void)? Told(Gate gate, ArmCounts mine, ArmCounts? theirs, (long All, long Invalid) answered, (long All, long Invalid)? answeredByStable) => gate.Metric switch
    {
        "model.inputs.drift" => (Pairs(gate, mine, theirs).Where(pair => IsCompared(pair.Mine.Name)).Select(pair => Tally(pair, Binned)), null),
        "model.inputs.missing" => (Pairs(gate, mine, theirs).Select(pair => Tally(pair, one => new ArmTally(one.Rows, one.Missing, []))), null),
        "model.inputs.unseen" => (Pairs(gate, mine, theirs).Where(pair => yardstick?.Find(pair.Mine.Name)?.KnowsUnseen == true).Select(pair => Tally(pair, one => new ArmTally(one.Values, one.Unseen, []))), null),
        "model.inputs.schema" => (Changes(gate, mine), null),
        "model.prediction.invalid" when answered.All > 0 => ([new FeatureTally(
            "prediction", new ArmTally(answered.All, answered.Invalid, []), answeredByStable is { All: > 0 } other ? new ArmTally(other.All, other.Invalid, []) : null)], null),
        "model.prediction.drift" or "model.prediction.profile" when mine.Prediction is { } answers && yardstick?.Prediction is not null => (
            [new FeatureTally(yardstick.Prediction.Name, Binned(answers), theirs?.Prediction is { } others ? Binned(others) : null)],
            gate.Metric == "model.prediction.drift" ? Differing(mine, theirs) : null),
        _ => null,
    };

    private IEnumerable<(FeatureCounts Mine, FeatureCounts? Theirs)> Pairs(Gate gate, ArmCounts mine, ArmCounts? theirs) => mine.Features
        .Where(feature => gate.Judges(feature.Name) && yardstick?.Find(feature.Name) is not null)
        .Select(feature => (feature, theirs?.Features.FirstOrDefault(other => other.Name == feature.Name)));

    private static FeatureTally Tally((FeatureCounts Mine, FeatureCounts? Theirs) pair, Func<FeatureCounts, ArmTally> of) =>
        new(pair.Mine.Name, of(pair.Mine), pair.Theirs is { } theirs ? of(theirs) : null);

    private static ArmTally Binned(FeatureCounts feature) => new(feature.Values, 0, feature.Bins);

    private bool IsCompared(string name) => yardstick?.Find(name) is { Shares.Length: > 0 };

    private IEnumerable<FeatureTally> Changes(Gate gate, ArmCounts arm)
    {
        var here = new ArmTally(arm.Rows, 1, []);
        foreach (var feature in arm.Features.Where(feature => gate.Judges(feature.Name) && yardstick?.Find(feature.Name) is { Kind: not FeatureKind.Empty, Missing: < 1 }))
        {
            if (arm.Rows >= EnoughToMiss && feature.Missing == arm.Rows && yardstick!.Find(feature.Name)!.Missing < 0.9)
            {
                yield return new FeatureTally($"{feature.Name} is absent", here);
            }
            else if (feature.Mistyped > (arm.Rows - feature.Missing) / 2.0)
            {
                yield return new FeatureTally($"{feature.Name} is of another type", here);
            }
        }

        foreach (var name in arm.New.Where(name => gate.Judges(name)))
        {
            yield return new FeatureTally($"{name} is new", here);
        }
    }

    /// <summary>The first feature in which the arms' inputs differ beyond chance; null when none does.</summary>
    private string? Differing(ArmCounts mine, ArmCounts? theirs)
    {
        if (theirs is null || yardstick is null)
        {
            return null;
        }

        var compared = mine.Features.Where(feature => IsCompared(feature.Name)).ToArray();
        var needed = -Math.Log(VoidLevel / Math.Max(1, compared.Length));
        return compared.FirstOrDefault(feature => theirs.Features.FirstOrDefault(other => other.Name == feature.Name) is { } other
            && new TwoSampleEvidence(yardstick.Find(feature.Name)!.Partition()!).Log([.. feature.Bins.Select(count => (double)count)], [.. other.Bins.Select(count => (double)count)], 0) >= needed)?.Name;
    }
}

using System.Collections.Immutable;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <summary>Counts of one feature at one arm so far: all that its gates need, small enough for the journal.</summary>
/// <param name="Rows">Rows of the arm.</param>
/// <param name="Missing">Of them, without a value.</param>
/// <param name="Values">Values that fall into bins.</param>
/// <param name="Bins">Values by the bins of the reference's partition; empty when distributions are not compared.</param>
/// <param name="Unseen">Values whose name the reference has not; 0 where that cannot be known.</param>
/// <param name="Invalid">NaN and infinite numbers.</param>
/// <param name="Mistyped">Values of another type than the reference's.</param>
public sealed record FeatureCounts(string Name, long Rows, long Missing, long Values, ImmutableArray<long> Bins, long Unseen, long Invalid, long Mistyped);

/// <summary>Both arms' counts against one reference: pure data, from which the gates `model.*` are judged.</summary>
/// <param name="New">Features that the reference has not.</param>
public sealed record ArmCounts(long Rows, ImmutableArray<FeatureCounts> Features, FeatureCounts? Prediction, ImmutableArray<string> New);

public sealed record ModelMeasurements(ArmCounts Candidate, ArmCounts? Stable)
{
    /// <param name="candidate">Made by <see cref="ModelReference.NewWindow"/>; another window is read from its sketches, with their error.</param>
    /// <param name="stable">Null when there is no stable arm.</param>
    public static ModelMeasurements Of(ModelReference reference, WindowSketch candidate, WindowSketch? stable) =>
        new(Arm(reference, candidate), stable is null ? null : Arm(reference, stable));

    private static ArmCounts Arm(ModelReference reference, WindowSketch window) => new(
        window.Rows,
        [.. reference.Features.Select(feature => Counts(feature, window.Find(feature.Name), window))],
        reference.Prediction is { } prediction ? Counts(prediction, window.Prediction, window) : null,
        [.. window.Names.Where(name => reference.Find(name) is null)]);

    private static FeatureCounts Counts(ReferenceFeature feature, FeatureSketch? live, WindowSketch window)
    {
        if (live is null)
        {
            return new FeatureCounts(feature.Name, window.Rows, window.Rows, 0, [.. new long[feature.Partition?.Count ?? 0]], 0, 0, 0);
        }

        var bins = feature.Partition?.CountsOf(live).Select(count => (long)Math.Round(count)).ToImmutableArray() ?? [];
        return new FeatureCounts(
            feature.Name, window.Rows, window.MissingOf(live), bins.Sum(), bins,
            feature.Partition is { KnowsUnseen: true } partition ? bins[partition.UnseenBin] : 0,
            live.Numbers.NaN + live.Numbers.PositiveInfinite + live.Numbers.NegativeInfinite,
            feature.Kind == FeatureKind.Number ? live.Names.Count : feature.Kind.IsCompared() ? live.NumberCount : 0);
    }
}

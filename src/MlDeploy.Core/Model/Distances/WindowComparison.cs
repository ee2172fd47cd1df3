using System.Collections.Immutable;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <summary>How a feature's place in the data has changed.</summary>
public enum SchemaChange
{
    None,

    /// <summary>In the reference, and not here.</summary>
    Absent,

    /// <summary>Here, and not in the reference.</summary>
    New,

    /// <summary>Of another kind here.</summary>
    Retyped,

    /// <summary>Missing in clearly more rows here: by more than <see cref="WindowComparison.MostMoreMissing"/>, and than chance.</summary>
    Missing,
}

/// <summary>One feature, live beside the reference. Shares are 0–1.</summary>
/// <param name="Distance">Null when distributions are not compared: text, times, nothing to compare, or another measure has none.</param>
/// <param name="Chance">The distance that chance alone stays below 95 times in 100 at this n, by the same measure.</param>
/// <param name="Values">Live values that were compared.</param>
/// <param name="Unseen">Share of values whose name the reference has not; null for numbers, or when the reference has too many names to know.</param>
/// <param name="Invalid">Share of rows with NaN or an infinite number.</param>
public sealed record FeatureComparison(
    string Name,
    FeatureKind Kind,
    FeatureKind LiveKind,
    SchemaChange Change,
    double? Distance,
    double? Chance,
    long Values,
    double Missing,
    double ReferenceMissing,
    double? Unseen,
    double Invalid)
{
    /// <summary>Never well, whatever the distance: absent, of another kind, or suddenly missing.</summary>
    public bool IsChanged => Change is SchemaChange.Absent or SchemaChange.Retyped or SchemaChange.Missing;

    /// <summary>More than chance alone gives.</summary>
    public bool IsClear => Distance > Chance;

    /// <summary>Changed, or beyond a limit and more than chance.</summary>
    public bool IsTooFar(double limit) => IsChanged || (Distance > limit && IsClear);

    /// <summary>One word, or two kinds: what a reader looks for first.</summary>
    /// <param name="limit">The distance that is well; infinity where none is set.</param>
    public string State(double limit) => Change switch
    {
        SchemaChange.Absent => "absent",
        SchemaChange.New => "new",
        SchemaChange.Retyped => $"{Kind.Word()} → {LiveKind.Word()}",
        SchemaChange.Missing => "missing",
        _ => IsTooFar(limit) ? "beyond" : Distance is null ? "not compared" : IsClear ? "differs" : "same",
    };
}

/// <summary>Compares a window with a reference, feature by feature. Pure: the same windows give the same answer.</summary>
public static class WindowComparison
{
    /// <summary>Share of rows by which a feature may be missing more often than in the reference: what the default gate `model.inputs.missing` allows.</summary>
    public const double MostMoreMissing = 0.05;

    /// <returns>Largest distance first; features without one last, by name.</returns>
    public static ImmutableArray<FeatureComparison> Of(ModelReference reference, WindowSketch live, DistanceMeasure measure = DistanceMeasure.Overlap)
    {
        var known = reference.Features.Select(feature => Compare(feature, live.Find(feature.Name), live, measure));
        var added = live.Names.Where(name => reference.Find(name) is null).Select(name => Added(name, live.Find(name)!, live));
        var prediction = reference.Prediction is { } expected && live.Prediction is { Seen: > 0 } answered ? [Compare(expected, answered, live, measure)] : Enumerable.Empty<FeatureComparison>();
        return [.. known.Concat(added).Concat(prediction).OrderByDescending(one => one.Distance ?? -1).ThenBy(one => one.Name, StringComparer.Ordinal)];
    }

    private static FeatureComparison Compare(ReferenceFeature reference, FeatureSketch? live, WindowSketch window, DistanceMeasure measure)
    {
        var rows = Math.Max(1, window.Rows);
        if (live is null)
        {
            return new FeatureComparison(reference.Name, reference.Kind, FeatureKind.Empty, SchemaChange.Absent, null, null, 0, 1, reference.MissingShare, null, 0);
        }

        var counts = reference.Partition?.CountsOf(live);
        var values = counts is null ? 0 : Overlap.Total(counts);
        var (distance, chance) = values > 0
            ? (Measured(reference, live, counts!, measure), ChanceDistances.Of(measure, reference.Partition!, values))
            : ((double?)null, (double?)null);
        var unseen = reference.Partition is { KnowsUnseen: true } partition && values > 0 ? counts![partition.UnseenBin] / values : (double?)null;
        var (kind, missing) = (LiveKind(live), (double)window.MissingOf(live) / rows);
        return new FeatureComparison(
            reference.Name, reference.Kind, kind, Change(reference, kind, missing, rows),
            distance, chance, counts is null ? live.Seen - live.Missing : (long)Math.Round(values), missing, reference.MissingShare, unseen, Invalid(live) / rows);
    }

    private static SchemaChange Change(ReferenceFeature reference, FeatureKind kind, double missing, long rows)
    {
        if (IsRetyped(reference.Kind, kind))
        {
            return SchemaChange.Retyped;
        }

        // A column that is there and holds nothing any more is as good as gone.
        if (missing >= 1 && reference.MissingShare < 1 - MostMoreMissing)
        {
            return SchemaChange.Absent;
        }

        var before = reference.MissingShare;
        var chance = 3 * Math.Sqrt(Math.Max(before * (1 - before), missing * (1 - missing)) / rows);
        return missing - before > Math.Max(MostMoreMissing, chance) ? SchemaChange.Missing : SchemaChange.None;
    }

    /// <summary>A column of numbers whose values are mostly none is what they are.</summary>
    private static FeatureKind LiveKind(FeatureSketch live) => 2 * live.Mistyped > live.Seen - live.Missing ? FeatureKindRule.Of(live) : live.Kind;

    private static double? Measured(ReferenceFeature reference, FeatureSketch live, double[] counts, DistanceMeasure measure) => measure switch
    {
        DistanceMeasure.Overlap => Overlap.Distance(reference.Partition!.Shares, counts),
        DistanceMeasure.Ks => OtherDistances.Ks(reference.Partition!.Shares, counts),
        DistanceMeasure.Psi => OtherDistances.Psi(reference.Partition!.Shares, counts),
        _ => reference.Kind == FeatureKind.Number ? OtherDistances.Wasserstein(reference.Sketch.Numbers, live.Numbers) : null,
    };

    private static FeatureComparison Added(string name, FeatureSketch live, WindowSketch window) => new(
        name, FeatureKind.Empty, live.Kind, SchemaChange.New, null, null, live.Seen - live.Missing, (double)window.MissingOf(live) / Math.Max(1, window.Rows), 0, null, Invalid(live) / Math.Max(1, window.Rows));

    /// <summary>Names that repeat or not, and true and false, are all names: which of them is a matter of how many rows there are.</summary>
    private static bool IsRetyped(FeatureKind reference, FeatureKind live) =>
        reference != FeatureKind.Empty && live != FeatureKind.Empty && (reference == FeatureKind.Number) != (live == FeatureKind.Number);

    private static double Invalid(FeatureSketch live) => live.Numbers.NaN + live.Numbers.PositiveInfinite + live.Numbers.NegativeInfinite;
}

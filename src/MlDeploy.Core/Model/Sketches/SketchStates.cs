using System.Collections.Immutable;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>Between sketches and what is stored of them. What is read is not trusted: numbers that no sketch could have are refused.</summary>
public static class SketchStates
{
    private const int MostDifferent = 4096;

    public static FeatureState Of(string name, FeatureSketch sketch) => new()
    {
        Name = name,
        Declared = sketch.Declared,
        Compression = sketch.Compression,
        Missing = sketch.Missing,
        NaN = sketch.Numbers.NaN,
        PositiveInfinite = sketch.Numbers.PositiveInfinite,
        NegativeInfinite = sketch.Numbers.NegativeInfinite,
        Times = sketch.Times,
        NumbersAsText = sketch.NumbersAsText,
        Composite = sketch.Composite,
        FirstSeen = sketch.FirstSeen,
        LastSeen = sketch.LastSeen,
        Numbers = [.. sketch.Numbers.Exact.Select(one => new ExactNumber(one.Value, one.Count))],
        Digest = sketch.Numbers.Digest is { } digest ? Of(digest) : null,
        NameCount = sketch.Names.Count,
        NamesTruncated = !sketch.Names.IsExact,
        Names = [.. sketch.Names.Categories.Select(one => new NameState(one.Name, one.Count, one.Error))],
    };

    public static DigestState Of(TDigest digest)
    {
        var stored = digest.ToStore();
        return new DigestState(digest.Compression, stored.Min, stored.Max, [.. stored.Means], [.. stored.Weights]);
    }

    public static WindowState Of(WindowSketch window) => new()
    {
        Version = window.Version,
        Rows = window.Rows,
        ExcessValues = window.ExcessValues,
        Unreadable = window.Unreadable,
        From = window.From,
        To = window.To,
        Features = [.. window.Names.Select(name => Of(name, window.Find(name)!))],
        Prediction = window.Prediction is { } prediction ? Of("prediction", prediction) : null,
    };

    /// <exception cref="InvalidDataException">The state is none that a sketch can have; the message says why.</exception>
    public static TDigest Digest(DigestState state)
    {
        Require(state.Compression is >= TDigest.LeastCompression and <= TDigest.MostCompression, "a digest's compression is out of range");
        Require(!state.Means.IsDefaultOrEmpty && !state.Weights.IsDefault && state.Means.Length == state.Weights.Length, "a digest needs as many means as weights");
        Require(state.Means.Length <= MostDifferent, $"a digest has more than {MostDifferent} centroids");
        var last = double.NegativeInfinity;
        foreach (var mean in state.Means)
        {
            Require(double.IsFinite(mean) && mean >= last, "a digest's means rise and are finite");
            last = mean;
        }

        Require(state.Weights.All(weight => weight > 0 && weight < 1e18), "a digest's weights are above 0");
        Require(double.IsFinite(state.Min) && double.IsFinite(state.Max) && state.Min <= state.Means[0] && state.Max >= last, "a digest's means lie between its least and greatest number");
        return TDigest.From(state.Compression, state.Min, state.Max, state.Means.AsSpan(), state.Weights.AsSpan());
    }

    /// <inheritdoc cref="Digest(DigestState)"/>
    /// <param name="partition">Bins that the values were counted in too; null: none.</param>
    /// <param name="bins">As many as the partition has.</param>
    public static FeatureSketch Feature(FeatureState state, FeaturePartition? partition = null, ReadOnlySpan<long> bins = default)
    {
        long[] counts = [state.Missing, state.NaN, state.PositiveInfinite, state.NegativeInfinite, state.Times, state.NumbersAsText, state.Composite, state.NameCount];
        Require(counts.All(IsCount), "a count is below 0 or absurdly large");
        Require(state.Compression is >= TDigest.LeastCompression and <= TDigest.MostCompression, "a compression is out of range");
        Require(!state.Numbers.IsDefault && !state.Names.IsDefault && state.Numbers.Length <= NumberSketch.MostExact && state.Names.Length <= CategorySketch.Capacity, "a feature has more numbers or names than a sketch keeps");
        Require(state.Numbers.All(one => one is not null && double.IsFinite(one.Value) && one.Count > 0 && IsCount(one.Count)), "an exact number is not finite or has no count");
        Require(state.Digest is null || state.Numbers.IsEmpty, "a feature has exact numbers and a digest");
        Require(state.Names.All(one => one?.Name is not null && one.Count > 0 && IsCount(one.Count) && one.Error >= 0 && one.Error <= one.Count), "a name has no count");
        Require(state.Names.Select(one => one.Name).Distinct(StringComparer.Ordinal).Count() == state.Names.Length, "a name is there twice");
        Require(state.Declared is null || Enum.IsDefined(state.Declared.Value), "a kind is unknown");
        var numbers = new NumberSketch(state.Compression);
        numbers.Restore(state.NaN, state.PositiveInfinite, state.NegativeInfinite, [.. state.Numbers.Select(one => (one.Value, one.Count))], state.Digest is { } digest ? Digest(digest) : null);
        return FeatureSketch.Restore(state, numbers, partition, bins);
    }

    /// <inheritdoc cref="Digest(DigestState)"/>
    public static WindowSketch Window(WindowState state)
    {
        Require(state.Schema == WindowState.Kind, $"it is no `{WindowState.Kind}`");
        Require(IsCount(state.Rows) && IsCount(state.ExcessValues) && IsCount(state.Unreadable), "a count is below 0 or absurdly large");
        var window = new WindowSketch { Version = state.Version, Rows = state.Rows, ExcessValues = state.ExcessValues, Unreadable = state.Unreadable };
        foreach (var (name, sketch) in Features(state.Features))
        {
            window.Put(name, sketch);
        }

        window.Prediction = state.Prediction is { } prediction ? Feature(prediction) : null;
        foreach (var at in new[] { state.From, state.To }.OfType<DateTimeOffset>())
        {
            window.Covers(at);
        }

        return window;
    }

    /// <inheritdoc cref="Digest(DigestState)"/>
    public static IEnumerable<(string Name, FeatureSketch Sketch)> Features(ImmutableArray<FeatureState> states)
    {
        Require(!states.IsDefault && states.Length <= WindowSketch.MostFeatures, $"there are more than {WindowSketch.MostFeatures} features");
        Require(states.All(state => state?.Name is not null) && states.Select(state => state.Name).Distinct(StringComparer.Ordinal).Count() == states.Length, "a feature has no name, or is there twice");
        return states.Select(state => (state.Name, Feature(state, null)));
    }

    private static bool IsCount(long count) => count is >= 0 and < long.MaxValue / 1024;

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}

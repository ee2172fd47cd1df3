using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Engines;

/// <param name="Bin">Of the reference, from 0; −1, −2 and −3 are NaN, plus and minus infinity.</param>
/// <param name="Spread">Centroids of the numbers in it.</param>
public sealed record BinAnswer(int Bin, long Count, double Min, double Max, ImmutableArray<(double Mean, double Weight)> Spread);

/// <summary>A feature's sketch from an engine's counts. Bins are exact; between their edges the engine's own digest tells.</summary>
internal static class EngineSketch
{
    /// <param name="values">Neither null nor empty.</param>
    public static FeatureSketch OfNumbers(FeatureReading feature, long values, ImmutableArray<BinAnswer> answers)
    {
        var partition = feature.Partition is { IsNumeric: true } numeric ? numeric : null;
        var bins = new long[partition?.Count ?? 0];
        var finite = answers.Where(one => one.Bin >= 0).OrderBy(one => one.Bin).ToList();
        foreach (var one in finite.Where(_ => partition is not null))
        {
            bins[one.Bin] += one.Count;
        }

        var counted = answers.Sum(one => one.Count);
        var state = State(feature) with
        {
            NaN = Of(-1),
            PositiveInfinite = Of(-2),
            NegativeInfinite = Of(-3),
            NumbersAsText = feature.Column.Type == ColumnType.Text ? counted : 0,
            NameCount = Math.Max(0, values - counted),
            NamesTruncated = values > counted,
        };

        // Each bin holds one number or none: all of them are known exactly.
        var exact = finite.TrueForAll(one => one.Min == one.Max) && finite.Count <= NumberSketch.MostExact;
        state = exact
            ? state with { Numbers = [.. finite.Select(one => new ExactNumber(one.Min, one.Count))] }
            : state with { Digest = Digest(finite) };
        return SketchStates.Feature(state, partition, bins);

        long Of(int bin) => answers.Where(one => one.Bin == bin).Sum(one => one.Count);
    }

    public static FeatureSketch OfNames(FeatureReading feature, long values, ImmutableArray<(string Name, long Count)> answers)
    {
        var partition = feature.Partition is { IsNumeric: false } named ? named : null;
        var bins = new long[partition?.Count ?? 0];

        // Long names are kept shortened, as everywhere.
        var table = new Utf8Table();
        var counts = new SortedDictionary<int, long>();
        foreach (var (name, count) in answers)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var index = table.FindOrAdd(bytes);
            counts[index] = counts.GetValueOrDefault(index) + count;
            if (partition is not null)
            {
                bins[partition.IndexOf(bytes)] += count;
            }
        }

        // What did not come back is none of the reference's names: those come first.
        var rest = Math.Max(0, values - answers.Sum(one => one.Count));
        if (partition is not null)
        {
            bins[partition.KnowsUnseen ? partition.UnseenBin : partition.OtherBin] += rest;
        }

        var names = counts.OrderByDescending(one => one.Value).Take(CategorySketch.Capacity).Select(one => new NameState(table[one.Key], one.Value)).ToImmutableArray();
        var state = State(feature) with { NameCount = values, NamesTruncated = rest > 0 || counts.Count > names.Length, Names = names };
        return SketchStates.Feature(state, partition, bins);
    }

    public static FeatureSketch Counted(FeatureReading feature, long values) => SketchStates.Feature(feature.Column.Type switch
    {
        ColumnType.Composite => State(feature) with { Composite = values },
        ColumnType.Time => State(feature) with { NameCount = values, NamesTruncated = values > 0, Times = values },
        _ => State(feature) with { NameCount = values, NamesTruncated = values > 0 },
    });

    private static FeatureState State(FeatureReading feature) => new() { Name = feature.Name, Declared = feature.Declared };

    private static DigestState? Digest(List<BinAnswer> bins)
    {
        if (bins.Count == 0)
        {
            return null;
        }

        var (means, weights) = (new List<double>(), new List<double>());
        foreach (var (mean, weight) in bins.SelectMany(Centroids))
        {
            // Rounding apart, bins do not overlap.
            means.Add(means.Count > 0 ? Math.Max(mean, means[^1]) : mean);
            weights.Add(weight);
        }

        var state = new DigestState(TDigest.DefaultCompression, bins.Min(bin => bin.Min), bins.Max(bin => bin.Max), [.. means], [.. weights]);
        return SketchStates.Of(SketchStates.Digest(state));
    }

    private static IEnumerable<(double Mean, double Weight)> Centroids(BinAnswer bin) => bin.Min == bin.Max
        ? [(bin.Min, bin.Count)]
        : bin.Spread.Where(one => one.Weight > 0).Select(one => (Mean: Math.Clamp(one.Mean, bin.Min, bin.Max), one.Weight)).OrderBy(one => one.Mean);
}

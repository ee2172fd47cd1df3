using System.Collections.Immutable;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <param name="MissingShare">0–1 of the reference's rows.</param>
/// <param name="Partition">Null when distributions are not compared.</param>
public sealed record ReferenceFeature(string Name, FeatureKind Kind, FeatureSketch Sketch, FeaturePartition? Partition, double MissingShare)
{
    /// <summary>
    /// The kind that live values are read as; null: as what they are. A numeric feature that comes as text is told by its type, so numbers are declared;
    /// names too, or 00123 would become 123; and what a user has declared stays so: numbers that are identifiers.
    /// </summary>
    public FeatureKind? ReadAs => Kind.IsCompared() || Sketch.Declared is not null ? Kind : null;
}

/// <summary>What live data is compared with: a profile, or another window, with the bins that follow from it.</summary>
public sealed class ModelReference
{
    private readonly Dictionary<string, ReferenceFeature> byName;

    private ModelReference(ImmutableArray<ReferenceFeature> features, ReferenceFeature? prediction, long rows)
    {
        (Features, Prediction, Rows) = (features, prediction, rows);
        byName = features.ToDictionary(feature => feature.Name, StringComparer.Ordinal);
    }

    public ImmutableArray<ReferenceFeature> Features { get; }

    public ReferenceFeature? Prediction { get; }

    public long Rows { get; }

    /// <param name="profile">As <see cref="ModelFiles.ReadProfile"/> has checked it.</param>
    public static ModelReference Of(ModelProfile profile) => new(
        [.. profile.Features.Select(feature => Of(feature, profile.Rows))], profile.Prediction is { } prediction ? Of(prediction, profile.Rows) : null, profile.Rows);

    public static ModelReference Of(WindowSketch window) => new(
        [.. window.Names.Select(name => Of(name, window.Find(name)!, window))], window.Prediction is { } prediction ? Of("prediction", prediction, window) : null, window.Rows);

    public ReferenceFeature? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>An empty window whose features are read as the reference's kinds and counted in its bins: what judging needs, exactly.</summary>
    public WindowSketch NewWindow(string? version = null) => new()
    {
        Version = version,
        Make = name => Find(name) is { } feature ? NewSketch(feature) : new FeatureSketch(),
        Prediction = Prediction is null ? null : NewSketch(Prediction),
    };

    /// <summary>The same without some features: they are neither counted nor judged.</summary>
    public ModelReference Without(IReadOnlyCollection<string> features) => new([.. Features.Where(feature => !features.Contains(feature.Name))], Prediction, Rows);

    /// <summary>The same with other bins for predictions; null for none.</summary>
    public ModelReference WithPrediction(ReferenceFeature? prediction) => new(Features, prediction, Rows);

    /// <summary>The reference as the live side of a comparison.</summary>
    public WindowSketch AsWindow()
    {
        var window = new WindowSketch { Rows = Rows, Prediction = Prediction?.Sketch };
        foreach (var feature in Features)
        {
            window.Put(feature.Name, feature.Sketch);
        }

        return window;
    }

    private static FeatureSketch NewSketch(ReferenceFeature feature) => new(feature.ReadAs, feature.Partition);

    private static ReferenceFeature Of(FeatureProfile feature, long rows)
    {
        var sketch = SketchStates.Feature(feature.Sketch);
        return new ReferenceFeature(feature.Name, feature.Kind, sketch, FeaturePartition.Of(sketch, feature.Kind), (double)feature.Missing / Math.Max(1, rows));
    }

    private static ReferenceFeature Of(string name, FeatureSketch sketch, WindowSketch window) =>
        new(name, sketch.Kind, sketch, FeaturePartition.Of(sketch, sketch.Kind), (double)window.MissingOf(sketch) / Math.Max(1, window.Rows));
}

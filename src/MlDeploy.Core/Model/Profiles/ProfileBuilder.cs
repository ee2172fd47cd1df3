using System.Collections.Immutable;
using MlDeploy.Core.Model.Data;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Profiles;

/// <summary>What a user says about a feature, beside the data.</summary>
public sealed record FeatureWords(string? Description = null, string? Unit = null);

/// <summary>Makes a profile of what was read.</summary>
public static class ProfileBuilder
{
    /// <param name="files">As the profile names them.</param>
    /// <param name="words">By feature.</param>
    public static ModelProfile Build(DataReading reading, ImmutableArray<string> files, string? modelVersion, DateTimeOffset createdAt, IReadOnlyDictionary<string, FeatureWords> words, string? prediction) => new()
    {
        ModelVersion = modelVersion,
        CreatedAt = createdAt,
        Data = new DataOrigin(files, reading.Sha256, reading.Bytes, reading.Window.Unreadable),
        Rows = reading.Window.Rows,
        Features = [.. reading.Window.Names.Select(name => Feature(name, reading.Window.Find(name)!, reading.Window, words.GetValueOrDefault(name)))],
        Prediction = reading.Window.Prediction is { } answers ? Feature(prediction ?? "prediction", answers, reading.Window, words.GetValueOrDefault(prediction ?? "prediction")) : null,
    };

    private static FeatureProfile Feature(string name, FeatureSketch sketch, WindowSketch window, FeatureWords? words) => new()
    {
        Name = name,
        Kind = sketch.Kind,
        Description = words?.Description,
        Unit = words?.Unit,
        Missing = window.MissingOf(sketch),
        Sketch = Lean(SketchStates.Of(name, sketch), sketch.Kind),
    };

    /// <summary>Free text and identifiers are not kept: they tell nothing about the next ones, and may be personal.</summary>
    private static FeatureState Lean(FeatureState state, FeatureKind kind) =>
        kind is FeatureKind.Text or FeatureKind.Time ? state with { Names = [], NamesTruncated = true } : state;
}

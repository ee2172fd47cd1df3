using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Data;

/// <param name="Name">As messages call it.</param>
/// <param name="Open">The bytes, from their beginning.</param>
public sealed record DataSource(string Name, Func<Stream> Open);

/// <summary>How data is read.</summary>
public sealed record DataOptions
{
    /// <summary>The columns to read; null: all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Kinds that are told rather than inferred, by column.</summary>
    public IReadOnlyDictionary<string, FeatureKind> Kinds { get; init; } = new Dictionary<string, FeatureKind>(StringComparer.Ordinal);

    /// <summary>The column that holds the model's answer; null: none.</summary>
    public string? Prediction { get; init; }

    /// <summary>Data without that column is read all the same.</summary>
    public bool PredictionMayBeAbsent { get; init; }

    /// <summary>Makes the window that values are counted in; called once per worker.</summary>
    public Func<WindowSketch>? NewWindow { get; init; }

    /// <summary>Threads that parse, at least 1; the result depends on their number in the last digits only.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Told how many bytes of the files were read so far.</summary>
    public Action<long>? Progress { get; init; }
}

/// <param name="Bytes">Read from the files, compressed as they are.</param>
/// <param name="Sha256">Of those bytes.</param>
/// <param name="Warnings">What was counted instead of read, each with the first place.</param>
public sealed record DataReading(WindowSketch Window, long Bytes, string Sha256, IReadOnlyList<string> Warnings);

using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>A digest as it is stored.</summary>
public sealed record DigestState(double Compression, double Min, double Max, ImmutableArray<double> Means, ImmutableArray<double> Weights);

public sealed record ExactNumber(double Value, long Count);

public sealed record NameState(string Name, long Count, long Error = 0);

/// <summary>A feature's sketch as it is stored: JSON and the binary form hold the same.</summary>
public sealed record FeatureState
{
    public required string Name { get; init; }

    public FeatureKind? Declared { get; init; }

    public double Compression { get; init; } = TDigest.DefaultCompression;

    public long Missing { get; init; }

    [JsonPropertyName("nan")]
    public long NaN { get; init; }

    public long PositiveInfinite { get; init; }

    public long NegativeInfinite { get; init; }

    public long Times { get; init; }

    public long NumbersAsText { get; init; }

    public long Composite { get; init; }

    public DateTimeOffset? FirstSeen { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Few different numbers, each with its count; empty when there is a digest.</summary>
    public ImmutableArray<ExactNumber> Numbers { get; init; } = [];

    public DigestState? Digest { get; init; }

    public long NameCount { get; init; }

    /// <summary>There were more different names than are kept.</summary>
    public bool NamesTruncated { get; init; }

    public ImmutableArray<NameState> Names { get; init; } = [];
}

/// <summary>A window as it is stored.</summary>
public sealed record WindowState
{
    public const string Kind = "mldeploy/window/v1";

    public string Schema { get; init; } = Kind;

    /// <summary>Version of the model or application whose traffic this is.</summary>
    public string? Version { get; init; }

    public long Rows { get; init; }

    public long ExcessValues { get; init; }

    public long Unreadable { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public ImmutableArray<FeatureState> Features { get; init; } = [];

    public FeatureState? Prediction { get; init; }
}

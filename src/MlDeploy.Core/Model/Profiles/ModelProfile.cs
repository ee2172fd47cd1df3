using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Profiles;

/// <summary>The reference description of a model's inputs and outputs, made from training or test data.</summary>
public sealed record ModelProfile
{
    public const string Kind = "mldeploy/profile/v1";

    public string Schema { get; init; } = Kind;

    public string? ModelVersion { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DataOrigin? Data { get; init; }

    public long Rows { get; init; }

    /// <summary>In the order of the data.</summary>
    public ImmutableArray<FeatureProfile> Features { get; init; } = [];

    /// <summary>What the model answered on that data; null when the data does not hold it.</summary>
    public FeatureProfile? Prediction { get; init; }
}

/// <param name="Sha256">Of the files' bytes as they lie there, one after the other, in hexadecimal.</param>
/// <param name="Unreadable">Rows that were skipped because they could not be read.</param>
public sealed record DataOrigin(ImmutableArray<string> Files, string Sha256, long Bytes, long Unreadable = 0);

public sealed record FeatureProfile
{
    public required string Name { get; init; }

    public FeatureKind Kind { get; init; }

    /// <summary>What it means, for readers.</summary>
    public string? Description { get; init; }

    /// <summary>What its numbers are counted in: seconds, EUR.</summary>
    public string? Unit { get; init; }

    /// <summary>Rows in which it is missing: null, empty or not there at all.</summary>
    public long Missing { get; init; }

    public required FeatureState Sketch { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ModelProfile))]
[JsonSerializable(typeof(WindowState))]
public sealed partial class ModelDocuments : JsonSerializerContext;

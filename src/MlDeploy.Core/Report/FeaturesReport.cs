using System.Collections.Immutable;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Report;

/// <summary>Inputs and predictions of the model over the deployment, from the sketches: what the reference, stable and the candidate saw.</summary>
public sealed record FeaturesReport
{
    /// <summary>What the reference is, in words: `profile model/profile.json, 41,188 rows`.</summary>
    public required string Reference { get; init; }

    /// <summary>In any order; the report ranks them by distance.</summary>
    public required ImmutableArray<FeatureReport> Features { get; init; }

    /// <summary>Rows whose features were counted, both arms.</summary>
    public long Captured { get; init; }

    /// <summary>Rows that capture left out because it could not keep up; predictions were answered all the same.</summary>
    public long Dropped { get; init; }

    /// <summary>Rows that could not be read as the manifest's protocol.</summary>
    public long Unparsable { get; init; }

    /// <summary>Comparisons that say nothing, each with its reason: `predictions: the arms' inputs differ`.</summary>
    public ImmutableArray<string> Void { get; init; } = [];
}

/// <summary>One feature or prediction.</summary>
public sealed record FeatureReport
{
    public required string Name { get; init; }

    public bool IsPrediction { get; init; }

    /// <summary>How distances of this feature are measured.</summary>
    public DistanceMeasure Measure { get; init; }

    /// <summary>Distance of the candidate from <see cref="DistanceFrom"/>, from 0 identical up, by overlap and ks at most 1; null when it could not be told.</summary>
    public double? Distance { get; init; }

    /// <summary>Its time-uniform lower bound: what a gate compares with its limit.</summary>
    public double? DistanceAtLeast { get; init; }

    /// <summary>The distance that chance alone gives at this many rows.</summary>
    public double? DistanceByChance { get; init; }

    /// <summary>Null when no gate watches it.</summary>
    public double? Limit { get; init; }

    public DistanceFrom DistanceFrom { get; init; }

    /// <summary>Numbers: ends of the bins that all three are drawn in, ascending, one more than there are bins; empty for categories.</summary>
    public ImmutableArray<double> Edges { get; init; } = [];

    /// <summary>Categories, one a bin, the last may stand for all others; empty for numbers.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Null without a profile.</summary>
    public FeatureSample? Reference { get; init; }

    /// <summary>Null where stable had no traffic.</summary>
    public FeatureSample? Stable { get; init; }

    public FeatureSample? Candidate { get; init; }

    /// <summary>The unit the data's owner gave: `s`, `EUR`.</summary>
    public string? Unit { get; init; }

    public string? Description { get; init; }
}

public enum DistanceFrom
{
    Reference,
    Stable,
}

/// <param name="Rows">Rows looked at.</param>
/// <param name="Missing">Share of them without a value, 0–1.</param>
/// <param name="Shares">Share of the present values in each bin, 0–1.</param>
public sealed record FeatureSample(long Rows, double Missing, ImmutableArray<double> Shares);

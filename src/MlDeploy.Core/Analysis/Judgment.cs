using System.Text.Json.Serialization;

namespace MlDeploy.Core.Analysis;

[JsonConverter(typeof(JsonStringEnumConverter<JudgmentKind>))]
public enum JudgmentKind
{
    /// <summary>Enough evidence was seen and none of it is against the candidate.</summary>
    Pass,
    Fail,

    /// <summary>Too little evidence so far.</summary>
    Inconclusive,
    NoData,
    Error,

    /// <summary>A comparing gate where stable has no traffic by construction.</summary>
    NotApplicable,
}

/// <summary>What one gate says at one look. Values are in the metric's canonical unit.</summary>
public sealed record Judgment
{
    public required string Gate { get; init; }
    public required JudgmentKind Kind { get; init; }
    public MetricUnit Unit { get; init; }

    /// <summary>The candidate's value over the step so far.</summary>
    public double? Value { get; init; }

    /// <summary>Ends of the time-uniform interval around <see cref="Value"/>; null for rules.</summary>
    public double? Low { get; init; }

    public double? High { get; init; }

    /// <summary>Stable's value over the same time.</summary>
    public double? Stable { get; init; }

    /// <summary>The limit as a reader wants it: `at most 5 %, and at most 0.5 % above stable`.</summary>
    public required string Limit { get; init; }

    /// <summary>Units at the candidate in this step; 0 for rules, which are not judged on counted units.</summary>
    public long N { get; init; }

    /// <summary>About how many more units at the candidate are needed to conclude; only when inconclusive.</summary>
    public long? MoreNeeded { get; init; }

    /// <summary>
    /// On a pass: the smallest increase over stable (or, without comparing, excess over the limit) that would have been caught by now
    /// nine in ten times. Null for quantiles, where <see cref="Reason"/> says it as a share of slower units.
    /// </summary>
    public double? SmallestCaught { get; init; }

    /// <summary>The e-value for "worse than stable", and what it must reach.</summary>
    public double? Evidence { get; init; }

    public double? EvidenceNeeded { get; init; }

    /// <summary>Failing an absolute limit that stable is above, too: going back to stable would not help.</summary>
    public bool StableFailsToo { get; init; }

    /// <summary>One sentence: why this kind. Always set when failing, inconclusive, without data or in error.</summary>
    public string? Reason { get; init; }
}

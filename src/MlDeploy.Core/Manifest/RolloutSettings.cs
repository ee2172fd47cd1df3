using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest;

public sealed record RolloutSettings
{
    public Strategy Strategy { get; init; } = Strategy.Canary;

    /// <summary>The weights before 100 %, rising; empty for blue-green and all-at-once.</summary>
    public ImmutableArray<Step> Steps { get; init; } = [];

    /// <summary>After 100 %, with the old version still warm.</summary>
    public TimeSpan Bake { get; init; }

    public Stickiness? Stickiness { get; init; }
    public ImmutableArray<PreTrafficTest> Tests { get; init; } = [];

    /// <summary>From the first production request to a version; latency and cpu of this time are not judged.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests per second, all arms together; lets `validate` say that a step is too short to judge.</summary>
    public double? ExpectedRequests { get; init; }

    /// <summary>Never empty after reading: the defaults apply when the manifest names none.</summary>
    public ImmutableArray<Gate> Gates { get; init; } = [];

    /// <summary>True when the manifest names no gates and <see cref="DefaultGates"/> apply.</summary>
    public bool GatesAreDefaults { get; init; }

    /// <summary>Share, 0–1 exclusive. A harmless version is rolled back with at most 1 − confidence chance per deployment.</summary>
    public double Confidence { get; init; } = 0.99;

    /// <summary>Units (requests, or users under stickiness) at the candidate per step; delays a pass, never a fail.</summary>
    public long MinimumRequests { get; init; } = 200;

    /// <summary>How long a step may wait for evidence beyond its own time.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    public OnInconclusive OnInconclusive { get; init; } = OnInconclusive.Rollback;
    public OnInterrupt OnInterrupt { get; init; } = OnInterrupt.Rollback;
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(2);
}

public enum Strategy
{
    Canary,
    Linear,
    BlueGreen,
    AllAtOnce,
}

/// <summary>A weight held for a time.</summary>
/// <param name="Weight">Share of production traffic sent to the candidate, 0–1.</param>
/// <param name="For">How long the weight is held before the step can pass.</param>
public sealed record Step(double Weight, TimeSpan For);

public enum StickinessKind
{
    Header,
    Cookie,
}

/// <summary>What tells users apart: the named header's value, or a cookie the gateway sets under this name.</summary>
public sealed record Stickiness(StickinessKind Kind, string Name);

public enum OnInconclusive
{
    Rollback,
    Pause,
    Promote,
}

public enum OnInterrupt
{
    Rollback,
    Detach,
}

/// <summary>A test that the candidate must pass before any production traffic reaches it. Exactly one of the two kinds is set.</summary>
public sealed record PreTrafficTest
{
    public required string Name { get; init; }
    public HttpTest? Http { get; init; }

    /// <summary>Run in the working directory with <c>MLDEPLOY_CANDIDATE_URL</c> set; exit code 0 is success.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

public sealed record HttpTest
{
    public string Method { get; init; } = "GET";
    public string Path { get; init; } = "/";
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>JSON text sent as the body; null sends none.</summary>
    public string? Body { get; init; }

    public int ExpectStatus { get; init; } = 200;

    /// <summary>JSON paths of the reply and what is expected there.</summary>
    public ImmutableArray<JsonExpectation> ExpectJson { get; init; } = [];
}

/// <summary>What is expected at one JSON path: a number within bounds, or an exact JSON value, or just presence when all are null.</summary>
public sealed record JsonExpectation(string Path, double? Min, double? Max, string? EqualsJson);

/// <summary>One condition on one metric. Limits are in the metric's canonical unit (see MetricCatalog): shares 0–1, seconds, bytes per second, plain numbers.</summary>
public sealed record Gate
{
    /// <summary>Unique in a manifest: the metric, followed by <c>:name</c> when the gate has one.</summary>
    public required string Id { get; init; }

    /// <summary>A name from the metric catalogue, e.g. <c>http.errors</c>.</summary>
    public required string Metric { get; init; }

    public string? Name { get; init; }
    public double? Max { get; init; }
    public double? Min { get; init; }

    /// <summary>Tolerated rise over stable at the same time (or over the profile's own rate), in the metric's unit.</summary>
    public double? MaxIncrease { get; init; }

    /// <summary>Tolerated ratio to stable at the same time.</summary>
    public double? MaxRatio { get; init; }

    /// <summary>http.slow: slower than this counts.</summary>
    public TimeSpan? SlowerThan { get; init; }

    /// <summary>prometheus and http: where to ask.</summary>
    public string? Url { get; init; }

    /// <summary>prometheus: the query; one sample or a scalar is expected.</summary>
    public string? Query { get; init; }

    /// <summary>http: where the number stands in the reply.</summary>
    public string? JsonPath { get; init; }

    /// <summary>command: what to run; its last line as a number when a limit is set, else its exit code.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>External metrics: how often to read.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>cloudwatch: the metric's namespace, as whoever publishes it calls it.</summary>
    public string? Namespace { get; init; }

    /// <summary>cloudwatch: the metric's name.</summary>
    public string? MetricName { get; init; }

    /// <summary>cloudwatch: all of the metric's dimensions; values may hold <see cref="DimensionPlaceholders"/>.</summary>
    public ImmutableSortedDictionary<string, string> Dimensions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>cloudwatch: what is made of a minute's data points; Average when not set.</summary>
    public string? Statistic { get; init; }

    public ImmutableArray<string> Except { get; init; } = [];
    public ImmutableArray<string> Slices { get; init; } = [];
    public string? Measure { get; init; }
}

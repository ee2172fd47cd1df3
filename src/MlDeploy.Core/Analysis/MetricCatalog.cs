using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis;

/// <summary>What a metric's numbers are, and so which unit a limit is written in.</summary>
public enum MetricUnit
{
    /// <summary>Written `0.5%`, held as 0.005.</summary>
    Share,

    /// <summary>Written `400ms`, held in seconds.</summary>
    Duration,

    /// <summary>Written `5MiB/min`, held in bytes per second.</summary>
    BytesPerTime,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>Any number, in the unit of whoever answers.</summary>
    Number,
}

[Flags]
public enum LimitKinds
{
    None = 0,
    Max = 1,
    Min = 2,
    MaxIncrease = 4,
    MaxRatio = 8,
}

/// <summary>How a metric is judged: what guarantee stands behind a failure.</summary>
public enum JudgingKind
{
    /// <summary>Events among units: conditional e-process against stable, confidence sequence against a limit.</summary>
    Proportion,

    /// <summary>A quantile, judged as the share slower than a limit known before the request.</summary>
    Quantile,

    /// <summary>A level that must be beyond its limit for several samples running; outside the guarantee.</summary>
    Rule,

    /// <summary>A model metric.</summary>
    Model,
}

/// <param name="Name">As a gate names it.</param>
/// <param name="Limits">Which limits a gate on it may set.</param>
/// <param name="Built">False: validated, and refused at use.</param>
/// <param name="Doc">One or two sentences for docs, schema and help.</param>
public sealed record MetricDefinition(string Name, MetricUnit Unit, LimitKinds Limits, JudgingKind Judging, bool Built, string Doc)
{
    /// <summary>Quantile metrics: 0.99 for latency.p99; otherwise null.</summary>
    public double? Quantile { get; init; }
}

/// <summary>Every metric a gate can name: manifest validation, schema, docs and judging read this one list.</summary>
public static class MetricCatalog
{
    public static ImmutableArray<MetricDefinition> All { get; } =
    [
        new("http.errors", MetricUnit.Share, LimitKinds.Max | LimitKinds.MaxIncrease, JudgingKind.Proportion, true,
            "Share of requests answered 5xx, timed out, refused or cut off by the version."),
        new("http.slow", MetricUnit.Share, LimitKinds.Max | LimitKinds.MaxIncrease, JudgingKind.Proportion, true,
            "Share of requests slower than `slowerThan`."),
        Latency("p50", 0.50), Latency("p90", 0.90), Latency("p95", 0.95), Latency("p99", 0.99),
        new("cpu", MetricUnit.Share, LimitKinds.Max | LimitKinds.MaxRatio, JudgingKind.Rule, true,
            "CPU used, as a share of `application.resources.cpu`; beyond its limit for 5 samples running."),
        new("memory", MetricUnit.Share, LimitKinds.Max | LimitKinds.MaxRatio, JudgingKind.Rule, true,
            "Resident memory, as a share of `application.resources.memory`; beyond its limit for 5 samples running."),
        new("cpu.perRequest", MetricUnit.Duration, LimitKinds.Max | LimitKinds.MaxRatio, JudgingKind.Rule, true,
            "CPU time per request answered."),
        new("memory.growth", MetricUnit.BytesPerTime, LimitKinds.Max, JudgingKind.Rule, true,
            "Slope of resident memory over the version's life, after warm-up."),
        new("restarts", MetricUnit.Count, LimitKinds.Max, JudgingKind.Rule, true,
            "How often the version's process ended and was started again since it was deployed."),
        new("health", MetricUnit.Share, LimitKinds.Min, JudgingKind.Rule, true,
            "Share of the version's instances that pass their health check."),
        new("prometheus", MetricUnit.Number, LimitKinds.Max | LimitKinds.Min, JudgingKind.Rule, true,
            "The number that a Prometheus server at `url` answers to `query`."),
        new("cloudwatch", MetricUnit.Number, LimitKinds.Max | LimitKinds.Min | LimitKinds.MaxRatio, JudgingKind.Rule, true,
            "aws: what CloudWatch has of `metricName` in `namespace` for a minute; beyond its limit for 2 minutes running."),
        new("http", MetricUnit.Number, LimitKinds.Max | LimitKinds.Min, JudgingKind.Rule, true,
            "The number at `jsonPath` of the JSON that `url` answers."),
        new("command", MetricUnit.Number, LimitKinds.Max | LimitKinds.Min, JudgingKind.Rule, true,
            "The number a command prints last; without a limit, its exit code (0 is a pass)."),
        Distance("model.inputs.drift", "Distance of a feature's live distribution from the profile's, 0 identical to 1 disjoint; the feature that is farthest decides."),
        Model("model.inputs.missing", LimitKinds.Max | LimitKinds.MaxIncrease, MetricUnit.Share, "Share of rows in which a feature is missing; `maxIncrease` is over the profile's own rate."),
        Model("model.inputs.unseen", LimitKinds.Max, MetricUnit.Share, "Share of values of a category that the profile has not."),
        Model("model.inputs.schema", LimitKinds.Max, MetricUnit.Count, "Features that are absent, new, or of another type than in the profile."),
        Model("model.prediction.invalid", LimitKinds.Max | LimitKinds.MaxIncrease, MetricUnit.Share, "Share of predictions that are NaN, infinite or out of range."),
        Distance("model.prediction.drift", "Distance of the candidate's predictions from stable's."),
        Distance("model.prediction.profile", "Distance of the candidate's predictions from the profile's."),
        new("model.age", MetricUnit.Duration, LimitKinds.Max, JudgingKind.Model, true, "Time since the model was trained."),
    ];

    public static MetricDefinition? Find(string name) => All.FirstOrDefault(metric => string.Equals(metric.Name, name, StringComparison.Ordinal));

    private static MetricDefinition Latency(string percentile, double quantile) =>
        new($"latency.{percentile}", MetricUnit.Duration, LimitKinds.Max | LimitKinds.MaxRatio, JudgingKind.Quantile, true,
            $"The {quantile:0%} quantile of the time from request to the end of the answer's headers.")
        {
            Quantile = quantile,
        };

    /// <summary>Distance of distributions: a plain number, 0 identical to 1 disjoint.</summary>
    private static MetricDefinition Distance(string name, string doc) => Model(name, LimitKinds.Max, MetricUnit.Number, doc);

    private static MetricDefinition Model(string name, LimitKinds limits, MetricUnit unit, string doc) =>
        new(name, unit, limits, JudgingKind.Model, true, doc);
}

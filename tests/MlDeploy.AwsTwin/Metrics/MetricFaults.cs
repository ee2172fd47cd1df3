namespace MlDeploy.AwsTwin.Metrics;

/// <summary>What goes wrong with metrics on purpose; `PUT /_twin/metrics`.</summary>
internal sealed record MetricFaults
{
    /// <summary>Twin seconds that a period's data appear later than they would, 0 or more.</summary>
    public double LateSeconds { get; init; }

    /// <summary>Metrics that are not recorded at all, as `AWS/ApplicationELB:TargetResponseTime`; `*` for any text.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];
}

namespace MlDeploy.Core.Analysis.Measuring;

/// <summary>One arm's sums over the step so far, after warm-up.</summary>
internal sealed record StepTotals(LatencyHistogram Latency, long Requests, TimeSpan Cpu)
{
    /// <summary>Requests without which CPU per request says more of the idle process than of the requests.</summary>
    private const long FewestRequests = 50;

    public static StepTotals None { get; } = new(LatencyHistogram.Empty, 0, TimeSpan.Zero);

    /// <summary>Seconds of CPU per request; null while there are too few.</summary>
    public double? CpuPerRequest => Requests < FewestRequests ? null : Cpu.TotalSeconds / Requests;

    public StepTotals Add(ArmInterval interval) => interval.Cpu is { } cpu
        ? new StepTotals(Latency + interval.Latency, Requests + interval.Requests, Cpu + cpu)
        : this with { Latency = Latency + interval.Latency };
}

using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>
/// `memory.growth`: the slope of resident memory over the life of the version's process, over all steps. A rule, outside the guarantee.
/// <para>
/// What is no leak also grows: code is compiled, caches and heaps fill up to the size the runtime wants. That growth slows down, a leak's does
/// not; so a failure needs all of: the lower end of the whole life's slope above the limit, the slope of its later half above the limit and not
/// below <see cref="Unslowed"/> of the earlier half's, a rise of more than <see cref="HarmlessRise"/> since the first sample, and all this for
/// <see cref="Running"/> samples running.
/// </para>
/// </summary>
internal sealed class GrowthGate(Gate gate, MetricDefinition metric) : GateJudge(gate, metric)
{
    /// <summary>Seconds of a process's life, after warm-up, below which its slope says nothing.</summary>
    public const double ShortestLife = 20;

    /// <summary>Samples below which a slope says nothing.</summary>
    public const int FewestSamples = 10;

    /// <summary>Bytes: what heaps and compiled code may take after warm-up without being looked at.</summary>
    public const double HarmlessRise = 16 * 1024 * 1024;

    /// <summary>Share of the earlier half's slope below which growth is slowing down. What fills up exponentially is below it after 0.7 of its time constant.</summary>
    public const double Unslowed = 0.7;

    public const int Running = 5;

    /// <summary>Samples kept: pairs grow with the square, and 48 give 1,128.</summary>
    private const int Kept = 48;

    private readonly ThinnedSeries life = new(Kept);
    private double? lastAge;
    private double first;
    private double latest;
    private SlopeEstimate? slope;
    private int beyond;
    private int within;

    /// <summary>Nothing: the life of a version does not begin anew with a step.</summary>
    protected override void Reset(StepContext step)
    {
    }

    protected override void Observe(Measurement measurement)
    {
        if (measurement is not TrendMeasurement trend)
        {
            throw Unfit(measurement);
        }

        if (lastAge is null || trend.Age < lastAge)
        {
            life.Clear();
            (first, slope, beyond, within) = (trend.Candidate, null, 0, 0);
        }
        else if (trend.Age == lastAge)
        {
            return;
        }

        lastAge = trend.Age;
        latest = trend.Candidate;
        life.Add(trend.Age, trend.Candidate);
        var points = life.Points;
        if (points.Length < FewestSamples || trend.Age - points[0].X < ShortestLife)
        {
            return;
        }

        slope = TheilSen.Estimate(points);
        (beyond, within) = IsLeak(slope.Value, points) ? (beyond + 1, 0) : (0, within + 1);
    }

    protected override Judgment Judge()
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with { Value = slope?.Slope };
        return slope is null
                ? judgment with { Kind = JudgmentKind.Inconclusive, Reason = $"a slope needs {FewestSamples} samples over {ShortestLife:0} s of one process after its warm-up" }
            : beyond >= Running
                ? judgment with { Kind = JudgmentKind.Fail, Reason = $"memory grew by {Megabytes(latest - first)} MiB since warm-up and does not slow down: at least {Rate(slope.Value.Low)}, where {Rate(Gate.Max!.Value)} are allowed" }
            : within < Running
                ? judgment with
                {
                    Kind = JudgmentKind.Inconclusive,
                    Reason = beyond > 0 ? $"memory grows beyond the limit, for {beyond} of {Running} samples running" : $"within the limit for {within} of {Running} samples running",
                }
            : slope.Value.Slope > Gate.Max ? judgment with { Reason = "above the limit, but the growth is small or slows down" }
            : judgment;
    }

    private bool IsLeak(SlopeEstimate whole, ReadOnlySpan<(double X, double Y)> points)
    {
        if (!(whole.Low > Gate.Max) || latest - first <= HarmlessRise)
        {
            return false;
        }

        var later = TheilSen.Estimate(points[(points.Length / 2)..]).Slope;
        return later > Gate.Max && later >= Unslowed * TheilSen.Estimate(points[..(points.Length / 2)]).Slope;
    }

    private static string Megabytes(double bytes) => MetricText.Rounded(bytes / (1024 * 1024));

    private string Rate(double bytesPerSecond) => MetricText.Value(Metric.Unit, bytesPerSecond);
}

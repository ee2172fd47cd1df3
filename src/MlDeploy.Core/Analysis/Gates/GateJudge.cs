using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>Judges one gate, step by step: takes its measurements, answers for gaps between them, and says what it makes of the step so far.</summary>
internal abstract class GateJudge(Gate gate, MetricDefinition metric)
{
    /// <summary>
    /// Measurements that may be missing running before a gate that had data counts as without: ten seconds at the usual pace of
    /// looking, 50 s for what is read every 10 s. A gap stops evidence from growing meanwhile; it never makes a pass of nothing.
    /// </summary>
    public const int ToleratedGap = 5;

    private MissingMeasurement? missing;
    private int gap;
    private bool hasData;
    private bool applicable;

    public Gate Gate { get; } = gate;

    protected MetricDefinition Metric { get; } = metric;

    /// <summary>For <see cref="Judge.ThresholdFor"/>.</summary>
    public virtual TimeSpan? Threshold => null;

    /// <summary>How likely an interval shown beside this gate's value may ever miss it.</summary>
    public virtual double IntervalLevel => throw new InvalidOperationException($"gate {Gate.Id} shows no interval");

    public void BeginStep(StepContext step)
    {
        (missing, gap, hasData) = (null, 0, false);
        applicable = step.Comparable || !Budget.HasComparing(Gate) || Budget.HasAbsolute(Gate);
        Reset(step);
    }

    /// <param name="measurement">Null when there is nothing new, as for a metric that is read less often than is looked.</param>
    public Judgment Take(Measurement? measurement)
    {
        switch (measurement)
        {
            case null:
                break;
            case MissingMeasurement lost:
                missing = lost;
                gap++;
                break;
            case LevelMeasurement level when !double.IsFinite(level.Candidate):
                missing = new MissingMeasurement(Gate.Id, Failed: true, $"{level.Candidate} is not a number to be judged");
                gap++;
                break;
            default:
                (missing, gap, hasData) = (null, 0, true);
                Observe(measurement);
                break;
        }

        if (!applicable)
        {
            return Say(JudgmentKind.NotApplicable, "stable has no traffic to compare with in this step");
        }

        if (missing is not null && (!hasData || gap >= ToleratedGap))
        {
            return Say(missing.Failed ? JudgmentKind.Error : JudgmentKind.NoData, missing.Reason);
        }

        return hasData ? Judge() : Say(JudgmentKind.Inconclusive, "not measured yet in this step");
    }

    protected abstract void Reset(StepContext step);

    protected abstract void Observe(Measurement measurement);

    /// <summary>Called once there was data in the step.</summary>
    protected abstract Judgment Judge();

    protected Judgment Say(JudgmentKind kind, string? reason) => new()
    {
        Gate = Gate.Id,
        Kind = kind,
        Unit = Metric.Unit,
        Limit = MetricText.Limit(Gate, Metric),
        Reason = reason,
    };

    protected ArgumentException Unfit(Measurement measurement) =>
        new($"gate {Gate.Id} ({Metric.Name}) cannot be judged from a {measurement.GetType().Name}", nameof(measurement));
}

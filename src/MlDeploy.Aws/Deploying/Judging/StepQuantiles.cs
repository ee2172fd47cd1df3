using MlDeploy.Core.Analysis;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>
/// Each arm's quantiles over a step. CloudWatch gives a quantile a minute, and minutes' quantiles cannot be merged exactly: their mean,
/// weighted by samples, serves as yardstick, which need only be known beforehand, and is shown to readers. What is judged are counts.
/// </summary>
internal sealed class StepQuantiles
{
    private readonly Dictionary<(string Arm, int Gate), (double Sum, double Samples)> sums = [];
    private readonly Dictionary<string, TimeSpan> thresholds = new(StringComparer.Ordinal);

    /// <summary>Against which latency the queries now being read counted; what was known before their minutes.</summary>
    public TimeSpan? ThresholdOf(string gate) => thresholds.TryGetValue(gate, out var threshold) ? threshold : null;

    public void Asked(string gate, TimeSpan? threshold)
    {
        if (threshold is { } known)
        {
            thresholds[gate] = known;
        }
        else
        {
            thresholds.Remove(gate);
        }
    }

    public void Reset() => sums.Clear();

    public void Add(int gate, IEnumerable<SettledMinute> minutes)
    {
        foreach (var minute in minutes)
        {
            Add(("candidate", gate), minute.Candidate);
            if (minute.Stable is { } stable)
            {
                Add(("stable", gate), stable);
            }
        }
    }

    public QuantileValue? CandidateOf(int gate) => Of(("candidate", gate), 1);

    /// <summary>Null while stable has shown too few samples to be a yardstick: five beyond the quantile, and thirty at all.</summary>
    public QuantileValue? StableOf(int gate, double quantile) => Of(("stable", gate), Math.Max(30, 5 / (1 - quantile)));

    private QuantileValue? Of((string Arm, int Gate) key, double least) =>
        sums.TryGetValue(key, out var sum) && sum.Samples >= least ? new QuantileValue(sum.Sum / sum.Samples) : null;

    private void Add((string Arm, int Gate) key, ArmMinute arm)
    {
        if (arm[MinuteQueries.Id("quantile", key.Gate)] is { } value && arm.Samples is > 0 and var samples)
        {
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.Sum + (value * samples), sum.Samples + samples);
        }
    }
}

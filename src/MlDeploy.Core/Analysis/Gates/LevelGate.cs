using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>A rule on a level: fails once the level was beyond a limit for some readings running, passes once there were as many within. Outside the guarantee.</summary>
/// <param name="running">Readings beyond the limit, one after the other, that make a failure; at least 1.</param>
internal sealed class LevelGate(Gate gate, MetricDefinition metric, int running) : GateJudge(gate, metric)
{
    private StepContext step = null!;
    private LevelMeasurement? last;
    private int beyond;
    private int readings;
    private string why = "";

    protected override void Reset(StepContext context) => (step, last, beyond, readings) = (context, null, 0, 0);

    protected override void Observe(Measurement measurement)
    {
        if (measurement is not LevelMeasurement level)
        {
            throw Unfit(measurement);
        }

        last = level;
        if (Breach(level) is { } breach)
        {
            beyond++;
            why = breach;
        }
        else
        {
            beyond = 0;
        }

        // A reading that could not be compared says nothing for the candidate.
        if (Ratio is null || level.Stable is not null)
        {
            readings = Math.Min(readings + 1, running);
        }
    }

    protected override Judgment Judge()
    {
        var judgment = Say(JudgmentKind.Pass, reason: null) with { Value = last!.Candidate, Stable = last.Stable };
        return beyond >= running ? judgment with { Kind = JudgmentKind.Fail, Reason = beyond > 1 ? $"{why}, for {beyond} readings running" : why }
            : readings < running ? judgment with { Kind = JudgmentKind.Inconclusive, Reason = $"{running - readings} more {(Ratio is null ? "" : "comparable ")}readings are needed" }
            : judgment;
    }

    private double? Ratio => step.Comparable ? Gate.MaxRatio : null;

    /// <summary>Null within all limits.</summary>
    private string? Breach(LevelMeasurement level)
    {
        var value = level.Candidate;
        return value > Gate.Max ? $"{Say(value)} is above {Say(Gate.Max.Value)}"
            : value < Gate.Min ? $"{Say(value)} is below {Say(Gate.Min.Value)}"
            : value > Ratio * level.Stable ? $"{Say(value)} is more than {MetricText.Rounded(Ratio!.Value)} times {Say(level.Stable!.Value)} at stable"
            : IsExitCode && value != 0 ? $"the command ended with exit code {value:0}"
            : null;
    }

    private bool IsExitCode => !Budget.HasAbsolute(Gate) && !Budget.HasComparing(Gate);

    private string Say(double value) => MetricText.Value(Metric.Unit, value);
}

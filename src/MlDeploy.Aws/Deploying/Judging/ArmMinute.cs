using MlDeploy.Core.Analysis;

namespace MlDeploy.Aws.Deploying.Judging;

/// <summary>One arm in one minute, as CloudWatch has it so far. What it has no value for is missing, never zero.</summary>
/// <param name="values">By query, without the arm's letter.</param>
internal sealed class ArmMinute(IReadOnlyDictionary<string, double> values)
{
    /// <summary>Codes and times of the same answers may settle a moment apart.</summary>
    private const double Slack = 0.02;

    public double? this[string id] => values.TryGetValue(id, out var value) ? value : null;

    public double? Requests => this["requests"];

    /// <summary>Answers with a time.</summary>
    public double? Samples => this["samples"];

    /// <summary>Answers with a status; a status that nobody was given has no data, which is zero only beside one that somebody was.</summary>
    public double Answered => Good + (this["c5"] ?? 0);

    private double Good => (this["c2"] ?? 0) + (this["c3"] ?? 0) + (this["c4"] ?? 0);

    public bool AnsweredAny => Answered > 0 || Samples > 0;

    /// <summary>Whether the counts agree with each other: as many statuses as times.</summary>
    public bool IsConsistent => Requests is not null && Answered >= ((Samples ?? 0) * (1 - Slack)) - 2 && (Samples ?? 0) >= (Answered * (1 - Slack)) - 2;

    /// <summary>Requests, and those that got no answer of 2xx, 3xx or 4xx: what the balancer answers itself (502, 504) is among them.</summary>
    public ArmCount Errors => Count(Requests ?? 0, (Requests ?? 0) - Good);

    /// <summary>Answers, and those slower than a limit in seconds; null when CloudWatch does not say how many.</summary>
    public ArmCount? Slower(string id, double limit) =>
        this[id] is { } slower ? Count(Samples ?? 0, slower)
        : Samples is null or 0 ? new ArmCount(0, 0)
        : this["slowest"] <= limit ? Count(Samples.Value, 0)
        : null;

    private static ArmCount Count(double units, double events)
    {
        var whole = (long)Math.Round(units);
        return new ArmCount(whole, Math.Clamp((long)Math.Round(events), 0, whole));
    }
}

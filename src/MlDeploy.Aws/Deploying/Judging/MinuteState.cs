namespace MlDeploy.Aws.Deploying.Judging;

internal enum MinuteState
{
    Waiting,
    Complete,
    Lost,
}

/// <summary>When a minute of CloudWatch's can be judged.</summary>
internal static class MinuteSettling
{
    /// <summary>After a minute's end, before which it still grows.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    /// <summary>After a minute's end, from when what has not come is lost.</summary>
    public static readonly TimeSpan GivenUp = TimeSpan.FromMinutes(3);

    /// <param name="stable">Null where stable gets no traffic.</param>
    /// <param name="age">Since the minute's end.</param>
    public static MinuteState Of(ArmMinute candidate, ArmMinute? stable, TimeSpan age)
    {
        if (age < Settled)
        {
            return MinuteState.Waiting;
        }

        if (IsWhole(candidate) && (stable is null || IsWhole(stable)))
        {
            return MinuteState.Complete;
        }

        // A version that answers nothing at all has requests and nothing else. Where stable's answers are there, so would its be.
        var hangs = candidate is { Requests: > 0, AnsweredAny: false } && stable is null or { AnsweredAny: true };
        return age < GivenUp ? MinuteState.Waiting : hangs && (stable is null || IsWhole(stable)) ? MinuteState.Complete : MinuteState.Lost;
    }

    private static bool IsWhole(ArmMinute arm) => arm.IsConsistent && arm.AnsweredAny;
}

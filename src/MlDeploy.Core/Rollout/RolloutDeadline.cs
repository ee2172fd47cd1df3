namespace MlDeploy.Core.Rollout;

/// <summary>
/// How much of the deadline is left. While one process drives the rollout only its monotonic clock counts, so that a wall clock
/// that is set neither ends the rollout nor extends it. What earlier processes took can only be known from wall times:
/// never less than the journal shows.
/// </summary>
internal sealed class RolloutDeadline(RolloutPlan plan, RolloutState resumed, TimeProvider clock)
{
    private readonly long began = clock.GetTimestamp();
    private readonly TimeSpan before = Longest(clock.GetUtcNow() - resumed.StartedAt, resumed.Since - resumed.StartedAt);

    /// <summary>Not above zero when it has passed.</summary>
    public TimeSpan Left => plan.Deadline - before - clock.GetElapsedTime(began);

    private static TimeSpan Longest(TimeSpan now, TimeSpan journal)
    {
        var longer = now > journal ? now : journal;
        return longer > TimeSpan.Zero ? longer : TimeSpan.Zero;
    }
}

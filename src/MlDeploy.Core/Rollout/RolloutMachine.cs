using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Rollout;

/// <summary>
/// The rollout as a pure function: state and event give the next state. Nothing here acts; <see cref="RolloutRunner"/> does,
/// after the event stands in the journal. An event that has no meaning in a state leaves it as it is.
/// </summary>
public static class RolloutMachine
{
    /// <summary>Whether an event would change anything: a request that would not is refused, not acted on.</summary>
    public static bool HasMeaning(RolloutPlan plan, RolloutState state, RolloutEvent happened) =>
        !ReferenceEquals(Next(plan, state, happened, state.Since), state);

    public static RolloutState Next(RolloutPlan plan, RolloutState state, RolloutEvent happened, DateTimeOffset at) =>
        state.IsFinal ? state
        : state.Phase == Phase.RollingBack ? EndRollback(state, happened, at)
        : LeaveAtOnce(plan, state, happened, at) ?? GoOn(plan, state, happened, at);

    /// <summary>Events that end a rollout from anywhere.</summary>
    private static RolloutState? LeaveAtOnce(RolloutPlan plan, RolloutState state, RolloutEvent happened, DateTimeOffset at) => happened switch
    {
        CandidateFailed(var reason) => RollBack(state, ExitCode.TargetFailed, reason, at),
        // There is nothing to go back from, and what serves is the other deployment's matter.
        LeaseLost(var reason) when state.Phase == Phase.Starting => state with { Phase = Phase.Refused, Since = at, Exit = ExitCode.LeaseHeld, Reason = reason },
        TargetFailed(var reason) => RollBack(state, ExitCode.TargetFailed, reason, at),
        WeightRefused(var reason) => RollBack(state, ExitCode.TargetFailed, reason, at),
        TestFailed(var test, var reason) => RollBack(state, ExitCode.GateFailed, $"test {test} failed: {reason}", at),
        EvidenceMissing(var gate, var reason) => RollBack(state, ExitCode.Inconclusive, $"gate {gate} cannot be read: {reason}", at),
        GateFailed(var gate, var reason, _) => RollBack(state, ExitCode.GateFailed, $"gate {gate} failed: {reason}", at),
        AbortRequested(var by) => RollBack(state, ExitCode.Inconclusive, $"aborted by {by}", at),
        DeadlinePassed => RollBack(state, ExitCode.DeadlinePassed, $"the deadline of {Words.Of(plan.Deadline)} passed", at),
        Interrupted(var signal) => RollBack(state, signal == "SIGTERM" ? ExitCode.Terminated : ExitCode.Interrupted, $"interrupted by {signal}", at),
        HostRestarted when plan.OnInterrupt == OnInterrupt.Rollback || state.Phase == Phase.Pending =>
            RollBack(state, ExitCode.TargetFailed, "the host ended during the rollout and was restarted", at),
        // Detached rollouts go on: the candidate starts again, and the step it was in is judged afresh.
        HostRestarted => state with { Phase = Phase.Starting, Weight = 0, Since = at, Exit = null, Reason = "the host was restarted; the step begins again" },
        PromoteRequested(var by) when state.Phase is Phase.Judging or Phase.Baking or Phase.Paused =>
            state with { Phase = Phase.Promoted, Weight = 1, Since = at, Exit = ExitCode.Done, Reason = $"promoted by {by}" },
        _ => null,
    };

    private static RolloutState GoOn(RolloutPlan plan, RolloutState state, RolloutEvent happened, DateTimeOffset at) => (state.Phase, happened) switch
    {
        (Phase.Pending, Begun) => state with { Phase = Phase.Starting, Since = at },
        (Phase.Starting, CandidateHealthy) => state with { Phase = Phase.Testing, Since = at },
        (Phase.Testing, TestsPassed) => Shift(plan, state, state.Step, at),
        (Phase.Shifting, WeightApplied) => state with { Phase = plan.Steps[state.Step].IsBake ? Phase.Baking : Phase.Judging, Since = at },
        (Phase.Judging or Phase.Baking, StepPassed) => Pass(plan, state, at, null),
        (Phase.Judging or Phase.Baking, StepInconclusive inconclusive) => Inconclusive(plan, state, inconclusive, at),
        (Phase.Judging or Phase.Baking or Phase.Paused, AdvanceRequested(var by)) => Pass(plan, state, at, $"advanced by {by}"),
        _ => state,
    };

    private static RolloutState Pass(RolloutPlan plan, RolloutState state, DateTimeOffset at, string? reason) =>
        state.Step + 1 < plan.Steps.Length
            ? Shift(plan, state with { Reason = reason }, state.Step + 1, at)
            : state with { Phase = Phase.Promoted, Weight = 1, Since = at, Exit = ExitCode.Done, Reason = reason };

    private static RolloutState Inconclusive(RolloutPlan plan, RolloutState state, StepInconclusive happened, DateTimeOffset at) => plan.OnInconclusive switch
    {
        OnInconclusive.Pause when happened.Measured => state with { Phase = Phase.Paused, Since = at, Exit = ExitCode.Inconclusive, Reason = happened.Reason },
        OnInconclusive.Promote when happened is { Measured: true, EnoughUnits: true } => Pass(plan, state, at, $"passed although inconclusive: {happened.Reason}"),
        _ => RollBack(state, ExitCode.Inconclusive, happened.Reason, at),
    };

    private static RolloutState EndRollback(RolloutState state, RolloutEvent happened, DateTimeOffset at) => happened switch
    {
        StableVerified => state with { Phase = Phase.RolledBack, Weight = 0, Since = at },
        StableNotVerified unverified => state with
        {
            Phase = Phase.Unsafe,
            Since = at,
            Exit = ExitCode.Unsafe,
            Reason = $"{Words.FirstLine(state.Reason ?? "")}; and the rollback could not be verified: {Words.FirstLine(unverified.Reason)}. "
                + $"Serving: {unverified.Serving}. Do this: {unverified.Remedy}",
        },
        _ => state,
    };

    private static RolloutState Shift(RolloutPlan plan, RolloutState state, int step, DateTimeOffset at) =>
        state with { Phase = Phase.Shifting, Step = step, Weight = plan.Steps[step].Weight, Since = at, Exit = null };

    private static RolloutState RollBack(RolloutState state, ExitCode exit, string reason, DateTimeOffset at) =>
        state with { Phase = Phase.RollingBack, Since = at, Exit = exit, Reason = reason };
}

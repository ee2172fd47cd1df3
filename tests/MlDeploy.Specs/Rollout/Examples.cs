using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Specs.Rollout;

/// <summary>Small plans, states, and one event of every kind.</summary>
internal static class Examples
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public static readonly RolloutPlan Plan = new()
    {
        Steps = [new(0, "step 1 of 2", 0.05, TimeSpan.FromSeconds(10), true), new(1, "step 2 of 2", 0.5, TimeSpan.FromSeconds(10), true), new(2, "bake", 1, TimeSpan.FromSeconds(10), false)],
        FirstDeployment = false,
        MinimumUnits = 200,
        Patience = TimeSpan.FromSeconds(20),
        Deadline = TimeSpan.FromHours(2),
        OnInconclusive = OnInconclusive.Rollback,
        OnInterrupt = OnInterrupt.Rollback,
    };

    public static readonly ImmutableArray<RolloutEvent> EveryEvent =
    [
        new Begun(), new CandidateHealthy(TimeSpan.FromSeconds(3)), new CandidateFailed("it ended"), new LeaseLost("another was first"), new TestsPassed(["golden"]), new TestFailed("golden", "answered 500"),
        new EvidenceMissing("prometheus:conversions", "no series"), new WeightApplied(0.05), new WeightRefused("not in force"), new StepPassed([]),
        new GateFailed("http.errors", "too many", []), new StepInconclusive("too few", true, true, []), new AdvanceRequested("ann"), new PromoteRequested("ann"),
        new AbortRequested("ann"), new Interrupted("SIGTERM"), new DeadlinePassed(), new HostRestarted(), new TargetFailed("it broke"),
        new StableVerified("v1"), new StableNotVerified("it is down", "nothing", "look"),
    ];

    public static RolloutState In(Phase phase, int step = 0) => new(
        phase, step, phase is Phase.Judging or Phase.Paused ? 0.05 : 0, Start, Start, phase is Phase.RollingBack or Phase.RolledBack ? ExitCode.GateFailed : null, "so");

    public static Judgment Judged(JudgmentKind kind, string gate = "http.errors", long n = 0, long? more = null) =>
        new() { Gate = gate, Kind = kind, Limit = "at most 5 %", N = n, MoreNeeded = more, Reason = kind == JudgmentKind.Pass ? null : "because" };
}

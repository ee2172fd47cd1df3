using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Specs.Rollout;

public class MachineSpecs
{
    private static readonly DateTimeOffset Later = Examples.Start.AddSeconds(5);

    /// <summary>The whole machine, one line a phase and event that changes something.</summary>
    [Fact]
    public void Every_phase_answers_every_event_as_the_table_says()
    {
        var table = new StringBuilder("phase and event → phase (step, weight, exit); what is not listed changes nothing\n");
        foreach (var phase in Enum.GetValues<Phase>())
        {
            table.Append('\n');
            foreach (var happened in Examples.EveryEvent)
            {
                var next = RolloutMachine.Next(Examples.Plan, Examples.In(phase), happened, Later);
                if (next != Examples.In(phase))
                {
                    table.Append(FormattableString.Invariant($"{phase,-11} {happened.GetType().Name,-18} → {next.Phase} (step {next.Step}, {next.Weight:P0}, {next.Exit?.ToString() ?? "-"})\n"));
                }
            }
        }

        Golden.Match("tests/MlDeploy.Specs/Rollout/machine.golden", table.ToString());
    }

    [Fact]
    public void Any_events_lead_to_an_end_through_legal_transitions_only() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(5, 17), Prop.ForAll(Plans().Generator.Zip(Events().Generator).ToArbitrary(), given =>
        {
            var (plan, events) = given;
            var state = RolloutState.Initial(Examples.Start);
            foreach (var happened in events)
            {
                var next = RolloutMachine.Next(plan, state, happened, Later);
                AssertLegal(state, happened, next);
                state = next;
            }
        }));

    [Fact]
    public void A_promotion_ends_with_0_and_nothing_else_does()
    {
        foreach (var phase in Enum.GetValues<Phase>())
        {
            foreach (var happened in Examples.EveryEvent)
            {
                var next = RolloutMachine.Next(Examples.Plan, Examples.In(phase, step: 2), happened, Later);
                Assert.True(next.Exit != ExitCode.Done || next.Phase == Phase.Promoted, $"{phase} {happened}");
            }
        }
    }

    [Theory]
    [InlineData(OnInconclusive.Rollback, true, true, Phase.RollingBack)]
    [InlineData(OnInconclusive.Pause, true, false, Phase.Paused)]
    [InlineData(OnInconclusive.Pause, false, true, Phase.RollingBack)]
    [InlineData(OnInconclusive.Promote, true, true, Phase.Shifting)]
    [InlineData(OnInconclusive.Promote, true, false, Phase.RollingBack)]
    [InlineData(OnInconclusive.Promote, false, true, Phase.RollingBack)]
    public void Too_little_evidence_does_what_is_asked_and_no_data_always_rolls_back(OnInconclusive policy, bool measured, bool enough, Phase expected)
    {
        var next = RolloutMachine.Next(Examples.Plan with { OnInconclusive = policy }, Examples.In(Phase.Judging), new StepInconclusive("too few", measured, enough, []), Later);

        Assert.Equal(expected, next.Phase);
        Assert.Equal(expected == Phase.Shifting ? null : ExitCode.Inconclusive, next.Exit);
    }

    [Fact]
    public void A_host_that_ended_while_rolling_back_goes_on_rolling_back_for_the_first_reason()
    {
        var rolling = Examples.In(Phase.RollingBack);
        foreach (var policy in Enum.GetValues<OnInterrupt>())
        {
            Assert.Equal(rolling, RolloutMachine.Next(Examples.Plan with { OnInterrupt = policy }, rolling, new HostRestarted(), Later));
        }
    }

    [Theory]
    [InlineData(Phase.Paused)]
    [InlineData(Phase.Judging)]
    [InlineData(Phase.Baking)]
    [InlineData(Phase.Shifting)]
    public void A_detached_rollout_begins_its_step_again_and_no_longer_says_how_it_ends(Phase phase)
    {
        var before = Examples.In(phase, step: 1) with { Exit = phase == Phase.Paused ? ExitCode.Inconclusive : null };
        var next = RolloutMachine.Next(Examples.Plan with { OnInterrupt = OnInterrupt.Detach }, before, new HostRestarted(), Later);

        Assert.Equal((Phase.Starting, 1, 0.0, null), (next.Phase, next.Step, next.Weight, next.Exit));
        var shifting = RolloutMachine.Next(Examples.Plan, next with { Phase = Phase.Testing }, new TestsPassed([]), Later);
        Assert.Equal((Phase.Shifting, 1, 0.5), (shifting.Phase, shifting.Step, shifting.Weight));
    }

    [Fact]
    public void An_unverified_rollback_says_what_serves_and_what_to_do_and_keeps_why_it_rolled_back()
    {
        var next = RolloutMachine.Next(
            Examples.Plan, Examples.In(Phase.RollingBack) with { Reason = "gate x failed:\n  a line of its log" }, new StableNotVerified("v1 is down.\nlog", "v2 100 %", "start v1"), Later);

        Assert.Equal("gate x failed; and the rollback could not be verified: v1 is down. Serving: v2 100 %. Do this: start v1", next.Reason);
        Assert.Equal((Phase.Unsafe, ExitCode.Unsafe), (next.Phase, next.Exit));
    }

    private static void AssertLegal(RolloutState before, RolloutEvent happened, RolloutState after)
    {
        if (before.IsFinal)
        {
            Assert.Same(before, after);
            return;
        }

        Assert.True(after.Phase == before.Phase || Legal(before.Phase).Contains(after.Phase), $"{before.Phase} → {after.Phase} by {happened}");
        Assert.True(after.Phase != Phase.RolledBack || happened is StableVerified && after.Exit is not null and not ExitCode.Done);
        Assert.True(after.Phase != Phase.Refused || after.Exit == ExitCode.LeaseHeld && after.Weight == 0);
        Assert.True(after.Phase != Phase.Unsafe || after.Exit == ExitCode.Unsafe);
        Assert.True(after.Phase != Phase.Promoted || after.Exit == ExitCode.Done);
        Assert.True(after.Phase is not Phase.RollingBack || after.Exit is not null and not ExitCode.Done && after.Reason is not null);
        Assert.InRange(after.Step, 0, 2);
    }

    private static Phase[] Legal(Phase phase) => phase switch
    {
        Phase.Pending => [Phase.Starting, Phase.RollingBack],
        Phase.Starting => [Phase.Testing, Phase.RollingBack, Phase.Refused],
        Phase.Testing => [Phase.Shifting, Phase.Starting, Phase.RollingBack],
        Phase.Shifting => [Phase.Judging, Phase.Baking, Phase.Starting, Phase.RollingBack],
        Phase.Judging or Phase.Baking => [Phase.Shifting, Phase.Paused, Phase.Promoted, Phase.Starting, Phase.RollingBack],
        Phase.Paused => [Phase.Shifting, Phase.Promoted, Phase.Starting, Phase.RollingBack],
        Phase.RollingBack => [Phase.RolledBack, Phase.Unsafe],
        _ => [],
    };

    /// <summary>Mostly what comes next by rights, so that sequences get somewhere.</summary>
    private static Arbitrary<RolloutEvent[]> Events() => Gen.ArrayOf(Gen.Frequency(
        (6, Gen.Elements<RolloutEvent>(new Begun(), new CandidateHealthy(TimeSpan.Zero), new TestsPassed([]), new WeightApplied(1), new StepPassed([]))),
        (2, Gen.Elements(Examples.EveryEvent.ToArray())))).ToArbitrary();

    private static Arbitrary<RolloutPlan> Plans() => Gen.Elements(
        (from inconclusive in Enum.GetValues<OnInconclusive>() from interrupt in Enum.GetValues<OnInterrupt>() select Examples.Plan with { OnInconclusive = inconclusive, OnInterrupt = interrupt }).ToArray()).ToArbitrary();
}

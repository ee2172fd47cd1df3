using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Specs.Rollout;

public sealed class RunnerSpecs
{
    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public async Task A_weight_that_was_seen_late_is_held_for_what_is_left(int late)
    {
        using var rollout = new ScriptedRollout { SeenLate = TimeSpan.FromSeconds(late) };

        Assert.Equal(Phase.Promoted, (await rollout.RunAsync()).Phase);

        var last = rollout.Entries().OfType<LookEntry>().Last(look => look.Step == 0);
        var judging = rollout.Entries().OfType<TransitionEntry>().First(entry => entry.State.Phase == Phase.Judging);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10 - late)), (last.Elapsed, last.At - judging.At));
    }

    [Fact]
    public async Task A_good_candidate_is_promoted_and_every_effect_stands_in_the_journal_before_it_is_made()
    {
        using var rollout = new ScriptedRollout();
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.Promoted, ExitCode.Done), (state.Phase, state.Exit));
        Assert.Equal(
            ["start (Starting)", "weight 0.05 (Shifting)", "begin (Judging)", "weight 0.5 (Shifting)", "begin (Judging)", "weight 1 (Shifting)", "begin (Baking)", "promote (Promoted)"],
            rollout.Calls);
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_failing_gate_rolls_back_at_once_and_not_at_the_end_of_its_step()
    {
        using var rollout = new ScriptedRollout { Measure = (step, look) => step == 1 && look == 2 ? ScriptedRollout.Counts(200, 100, 200, 0) : ScriptedRollout.Good() };
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.GateFailed), (state.Phase, state.Exit));
        Assert.Equal(TimeSpan.FromSeconds(4), rollout.Entries().OfType<LookEntry>().Last().Elapsed);
        Assert.Equal("restore (RollingBack)", rollout.Calls[^1]);
        AssertReplays(rollout);
    }

    [Fact]
    public async Task Without_evidence_the_step_waits_for_patience_and_is_rolled_back()
    {
        using var rollout = new ScriptedRollout { Measure = (_, _) => ScriptedRollout.Good(candidate: 1) };
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.Inconclusive), (state.Phase, state.Exit));
        Assert.Equal(TimeSpan.FromSeconds(30), rollout.Entries().OfType<LookEntry>().Last().Elapsed);
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_measurement_that_is_lost_for_good_is_no_pass()
    {
        using var rollout = new ScriptedRollout { Measure = (_, _) => [.. ScriptedRollout.Good().Take(1), new MissingMeasurement("restarts", Failed: true, "gone")] };
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.Inconclusive), (state.Phase, state.Exit));
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_clock_set_a_day_forward_does_not_end_a_rollout()
    {
        using var rollout = new ScriptedRollout();
        rollout.Measure = (_, look) => Moved(rollout, look == 1 ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        Assert.Equal(Phase.Promoted, (await rollout.RunAsync()).Phase);
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_clock_set_back_does_not_extend_a_rollout_and_the_journal_never_goes_back()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("deadline: 1h", "deadline: 2m", StringComparison.Ordinal).Replace("patience: 20s", "patience: 10m", StringComparison.Ordinal));
        rollout.Measure = (_, look) => Moved(rollout, look == 1 ? -TimeSpan.FromDays(1) : TimeSpan.Zero, candidate: 1);
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.DeadlinePassed), (state.Phase, state.Exit));
        Assert.Equal(TimeSpan.FromMinutes(2), TimeSpan.FromTicks(rollout.Clock.GetTimestamp()));
        var times = rollout.Entries().Select(entry => entry.At).ToList();
        Assert.Equal(times.Order(), times);
        AssertReplays(rollout);
    }

    [Fact]
    public void What_an_earlier_host_took_counts_against_the_deadline_and_is_never_less_than_the_journal_shows()
    {
        using var rollout = new ScriptedRollout();
        rollout.Clock.SetWall(-TimeSpan.FromDays(3));
        var late = RolloutState.Initial(rollout.Opened.At) with { Phase = Phase.Paused, Since = rollout.Opened.At.AddMinutes(59) };
        var plan = rollout.Plan with { OnInterrupt = OnInterrupt.Detach };
        Assert.Equal(TimeSpan.FromMinutes(1), new RolloutDeadline(plan, late, rollout.Clock).Left);
        rollout.Clock.SetWall(TimeSpan.FromDays(4));
        Assert.True(new RolloutDeadline(plan, late, rollout.Clock).Left < TimeSpan.Zero);
    }

    [Theory]
    [InlineData("abort", ExitCode.Inconclusive)]
    [InlineData("SIGINT", ExitCode.Interrupted)]
    [InlineData("SIGTERM", ExitCode.Terminated)]
    public async Task Who_asks_for_an_end_gets_it_at_the_next_look(string what, ExitCode exit)
    {
        using var rollout = new ScriptedRollout();
        rollout.Measure = (step, look) => Asked(rollout, step == 0 && look == 2, what == "abort" ? new AbortRequested("ann") : new Interrupted(what));
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, exit), (state.Phase, state.Exit));
        Assert.Single(rollout.Entries().OfType<LookEntry>());
        AssertReplays(rollout);
    }

    [Fact]
    public async Task Promote_ends_a_step_early_and_promote_full_the_rollout()
    {
        using var rollout = new ScriptedRollout();
        rollout.Measure = (step, look) => Asked(rollout, look == 1 && step < 2, step == 0 ? new AdvanceRequested("ann") : new PromoteRequested("ann"));
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.Promoted, "promoted by ann"), (state.Phase, state.Reason));
        Assert.DoesNotContain("weight 1 (Shifting)", rollout.Calls);
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_wish_to_go_on_does_not_outweigh_a_failure_found_at_the_same_moment()
    {
        using var rollout = new ScriptedRollout();
        rollout.Measure = (_, _) =>
        {
            rollout.Runner.Request(new PromoteRequested("ann"));
            return ScriptedRollout.Counts(200, 100, 200, 0);
        };
        Assert.Equal(ExitCode.GateFailed, (await rollout.RunAsync()).Exit);
    }

    [Fact]
    public async Task A_request_that_means_nothing_yet_is_told_and_disturbs_nothing()
    {
        using var rollout = new ScriptedRollout();
        var healthy = new TaskCompletionSource();
        rollout.Start = async cancel => await healthy.Task.WaitAsync(cancel);
        var run = rollout.RunAsync();
        rollout.Runner.Request(new AdvanceRequested("ann"));
        rollout.Runner.Request(new PromoteRequested("ann"));
        await Local.Eventually.Becomes(() => rollout.Entries().OfType<NoteEntry>().Count() == 2, "both requests are noted");
        healthy.SetResult();

        Assert.Equal(Phase.Promoted, (await run).Phase);
        Assert.Single(rollout.Calls, call => call.StartsWith("start", StringComparison.Ordinal));
        Assert.Equal("step ended by ann: without effect, since the rollout is starting", rollout.Entries().OfType<NoteEntry>().First().Text);
    }

    [Fact]
    public async Task An_abort_while_weights_shift_is_taken_before_the_step_is_judged()
    {
        using var rollout = new ScriptedRollout();
        rollout.Weight = asked =>
        {
            rollout.Runner.Request(new AbortRequested("ann"));
            return asked;
        };
        Assert.Equal(ExitCode.Inconclusive, (await rollout.RunAsync()).Exit);
        Assert.DoesNotContain("begin (Judging)", rollout.Calls);
    }

    [Fact]
    public async Task A_signal_while_rolling_back_changes_nothing()
    {
        using var rollout = new ScriptedRollout { Weight = _ => 0.4 };
        rollout.Restore = () =>
        {
            rollout.Runner.Request(new Interrupted("SIGINT"));
            return new StableVerified("v1-0");
        };
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.TargetFailed), (state.Phase, state.Exit));
        Assert.Equal("a weight of 5 % was asked for, but 40 % is in force", state.Reason);
    }

    [Fact]
    public async Task An_inconclusive_step_pauses_when_asked_to_and_goes_on_when_promoted()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("patience: 20s", "patience: 20s, onInconclusive: pause", StringComparison.Ordinal));
        rollout.Measure = (step, _) => ScriptedRollout.Good(candidate: step == 0 ? 1 : 200);
        var run = rollout.RunAsync();
        await Local.Eventually.Becomes(() => rollout.Runner.State.Phase == Phase.Paused, "it pauses");
        Assert.Equal(ExitCode.Inconclusive, rollout.Runner.State.Exit);
        rollout.Runner.Request(new AdvanceRequested("ann"));

        Assert.Equal((Phase.Promoted, ExitCode.Done), ((await run).Phase, (await run).Exit));
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_pause_ends_with_the_deadline()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("patience: 20s", "patience: 20s, onInconclusive: pause", StringComparison.Ordinal));
        rollout.Measure = (_, _) => ScriptedRollout.Good(candidate: 1);
        var run = rollout.Runner.RunAsync(RolloutState.Initial(rollout.Opened.At), new Begun(), CancellationToken.None);
        while (rollout.Runner.State.Phase != Phase.Paused)
        {
            if (!rollout.Clock.Step(TimeSpan.FromSeconds(3)))
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(ExitCode.DeadlinePassed, (await rollout.DriveAsync(run, within: TimeSpan.FromHours(1))).Exit);
    }

    [Fact]
    public async Task A_candidate_that_never_becomes_healthy_is_a_failed_target_with_its_remedy_before_its_log()
    {
        using var rollout = new ScriptedRollout { Start = _ => throw new ExpectedException(ExitCode.TargetFailed, "v2 never became healthy.\nLast lines:\n  boom", "Read the log.") };
        var state = await rollout.RunAsync();

        Assert.Equal(ExitCode.TargetFailed, state.Exit);
        Assert.Equal("v2 never became healthy (Read the log)\nLast lines:\n  boom", state.Reason);
    }

    [Fact]
    public async Task A_failing_test_and_a_metric_that_cannot_be_read_end_it_before_any_traffic_moves()
    {
        using var tested = new ScriptedRollout(ScriptedRollout.Canary.Replace("bake:", "tests: [ { name: golden, command: [x] } ], bake:", StringComparison.Ordinal)) { Test = _ => Task.FromResult<string?>("answered 500") };
        Assert.Equal(ExitCode.GateFailed, (await tested.RunAsync()).Exit);
        Assert.Equal(["start (Starting)", "test golden (Testing)", "restore (RollingBack)"], tested.Calls);

        using var blind = new ScriptedRollout { Missing = [new MissingMeasurement("http.errors", true, "refused")] };
        Assert.Equal(ExitCode.Inconclusive, (await blind.RunAsync()).Exit);
        Assert.Equal(["start (Starting)", "restore (RollingBack)"], blind.Calls);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("weight")]
    [InlineData("measure")]
    public async Task A_target_that_breaks_in_a_way_nobody_foresaw_is_rolled_back(string where)
    {
        static Exception Broken() => new InvalidOperationException("nobody foresaw this");
        using var rollout = new ScriptedRollout();
        rollout.Start = _ => where == "start" ? throw Broken() : Task.CompletedTask;
        rollout.Weight = asked => where == "weight" ? throw Broken() : asked;
        rollout.Measure = (_, _) => where == "measure" ? throw Broken() : ScriptedRollout.Good();
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.TargetFailed), (state.Phase, state.Exit));
        Assert.Contains("nobody foresaw this", state.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_gives_up_by_itself_is_a_failed_target_and_not_a_silent_end()
    {
        using var rollout = new ScriptedRollout { Start = _ => throw new TaskCanceledException() };
        Assert.Equal(ExitCode.TargetFailed, (await rollout.RunAsync()).Exit);
    }

    [Fact]
    public async Task A_rollback_that_breaks_is_unsafe()
    {
        using var rollout = new ScriptedRollout { Weight = _ => 0, Restore = () => throw new TaskCanceledException("it gave up") };
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.Unsafe, ExitCode.Unsafe), (state.Phase, state.Exit));
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_stops_before_the_effect()
    {
        using var rollout = new ScriptedRollout();
        rollout.Measure = (_, look) =>
        {
            if (look == 5)
            {
                rollout.FillDisk();
            }

            return ScriptedRollout.Good();
        };
        await Assert.ThrowsAnyAsync<Exception>(rollout.RunAsync);
        Assert.Equal(["start (Starting)", "weight 0.05 (Shifting)", "begin (Judging)"], rollout.Calls);
    }

    [Fact]
    public async Task A_host_that_was_killed_leaves_a_journal_that_the_next_one_ends()
    {
        using var rollout = new ScriptedRollout();
        await KilledAsync(rollout);
        var state = await rollout.ResumeAsync();

        Assert.Equal((Phase.RolledBack, ExitCode.TargetFailed), (state.Phase, state.Exit));
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_detached_rollout_goes_on_after_a_kill_and_judges_its_step_afresh()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("bake:", "onInterrupt: detach, bake:", StringComparison.Ordinal));
        await KilledAsync(rollout);
        var state = await rollout.ResumeAsync();

        Assert.Equal(Phase.Promoted, state.Phase);
        Assert.Equal(["weight 0.5 (Shifting)", "begin (Judging)", "start (Starting)", "weight 0.5 (Shifting)", "begin (Judging)"], rollout.Calls.Skip(3).Take(5));
        AssertReplays(rollout);
    }

    [Fact]
    public async Task A_first_deployment_is_promoted_on_what_can_be_judged()
    {
        using var rollout = new ScriptedRollout(first: true) { Measure = (_, _) => [new LevelMeasurement("restarts", 0)] };
        var state = await rollout.RunAsync();

        Assert.Equal((Phase.Promoted, ExitCode.Done), (state.Phase, state.Exit));
        Assert.Equal(["start (Starting)", "weight 1 (Shifting)", "begin (Baking)", "promote (Promoted)"], rollout.Calls);
        AssertReplays(rollout);
    }

    [Fact]
    public async Task Random_rollouts_replay_to_what_was_lived()
    {
        var random = new Random(20261121);
        for (var trial = 0; trial < 25; trial++)
        {
            using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("bake:", $"onInterrupt: {(trial % 2 == 0 ? "detach" : "rollback")}, bake:", StringComparison.Ordinal));
            var badness = random.NextDouble() * 0.02;
            rollout.Measure = (_, _) =>
            {
                if (random.Next(40) == 0)
                {
                    rollout.Runner.Request(random.Next(3) switch { 0 => new AdvanceRequested("ann"), 1 => new AbortRequested("ann"), _ => new PromoteRequested("ann") });
                }

                var units = random.Next(60);
                return random.Next(10) == 0 ? [] : ScriptedRollout.Counts(units, Math.Min(units, (long)Math.Round(units * badness * random.Next(3))), random.Next(1, 900), 0);
            };
            var state = await rollout.RunAsync();
            Assert.True(state.IsFinal);
            AssertReplays(rollout);
        }
    }

    private static async Task KilledAsync(ScriptedRollout rollout)
    {
        using var kill = new CancellationTokenSource();
        var measure = rollout.Measure;
        rollout.Measure = (step, look) =>
        {
            if (step == 1 && look == 2)
            {
                kill.Cancel();
            }

            return measure(step, look);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rollout.DriveAsync(rollout.Runner.RunAsync(RolloutState.Initial(rollout.Opened.At), new Begun(), kill.Token)));
        rollout.Measure = measure;
    }

    private static IReadOnlyList<Measurement> Moved(ScriptedRollout rollout, TimeSpan wall, long candidate = 200)
    {
        rollout.Clock.SetWall(wall);
        return ScriptedRollout.Good(candidate);
    }

    private static IReadOnlyList<Measurement> Asked(ScriptedRollout rollout, bool now, RolloutEvent request)
    {
        if (now)
        {
            rollout.Runner.Request(request);
            rollout.HoldMeasuring = true;
        }

        return ScriptedRollout.Good();
    }

    private static void AssertReplays(ScriptedRollout rollout)
    {
        var replayed = JournalReplay.Replay(rollout.Entries());
        Assert.Empty(replayed.Discrepancies);
        Assert.Equal(rollout.Runner.State, replayed.State);
    }
}

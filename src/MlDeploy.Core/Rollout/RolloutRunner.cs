using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Core.Rollout;

/// <summary>
/// Carries a rollout out: do what the state asks, learn what happened, write it down, go on.
/// <see cref="RolloutMachine"/> decides; the journal has every decision before its effect.
/// </summary>
public sealed class RolloutRunner(AppManifest manifest, RolloutPlan plan, IRolloutTarget target, JournalWriter journal, TimeProvider clock)
{
    /// <summary>How often a step is looked at, unless <see cref="Pace"/> says otherwise.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>The end of a step is not waited for in shorter bites: timers are no more exact.</summary>
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(20);

    private const double WeightTolerance = 0.0001;

    private readonly RolloutRequests requests = new();
    private readonly Judge judge = new(RolloutJudging.PlanFor(manifest, plan));
    private RolloutDeadline? deadline;

    public RolloutState State { get; private set; } = RolloutState.Initial(clock.GetUtcNow());

    /// <summary>How often a step is looked at: 2 s where looking costs nothing, 10 s where each look is a call to a cloud.</summary>
    public TimeSpan Pace { get; init; } = LookEvery;

    /// <summary>Called after each journal entry, on the thread that wrote it.</summary>
    public Action<JournalEntry>? Wrote { get; set; }

    /// <summary>Promote, abort or interrupt from outside; taken at the next moment the rollout can be interrupted, at most one look later.</summary>
    public void Request(RolloutEvent request) => requests.Add(request);

    /// <summary>Runs to a final state. Cancelling stops without a trace, as a kill would: the journal resumes it.</summary>
    /// <param name="state">Where to begin: the initial state, or what replaying the journal gave.</param>
    /// <exception cref="IOException">The journal cannot be written; the target is as the last state says.</exception>
    public async Task<RolloutState> RunAsync(RolloutState state, RolloutEvent first, CancellationToken cancel)
    {
        State = state;
        deadline = new RolloutDeadline(plan, state, clock);
        Take(first);
        while (!State.IsFinal)
        {
            Take(await ActAsync(cancel));
        }

        if (State.Phase == Phase.Promoted)
        {
            await target.CompletePromotionAsync(cancel);
        }

        return State;
    }

    /// <summary>After <see cref="RunAsync"/> failed and stable was put back without a journal: writes down how it ended, in case that is possible by now.</summary>
    /// <param name="restored"><see cref="StableVerified"/> or <see cref="StableNotVerified"/>.</param>
    /// <exception cref="IOException">The journal still cannot be written.</exception>
    public void Conclude(string reason, RolloutEvent restored)
    {
        Take(new TargetFailed(reason));
        Take(restored);
    }

    private void Take(RolloutEvent happened)
    {
        var entry = Write((seq, at) => new TransitionEntry(seq, at, happened, RolloutMachine.Next(plan, State, happened, at)), durable: true);
        State = entry.State;
    }

    private Task<RolloutEvent> ActAsync(CancellationToken cancel) => State.Phase switch
    {
        Phase.Starting => InterruptibleAsync(StartAsync, cancel),
        Phase.Testing => InterruptibleAsync(TestAsync, cancel),
        Phase.Shifting => InterruptibleAsync(ShiftAsync, cancel),
        Phase.Judging or Phase.Baking => InterruptibleAsync(JudgeAsync, cancel),
        Phase.Paused => InterruptibleAsync(WaitAsync, cancel),
        Phase.RollingBack => RestoreAsync(cancel),
        _ => throw new InvalidOperationException($"nothing to do in {State.Phase}"),
    };

    private async Task<RolloutEvent> StartAsync(CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        try
        {
            await target.StartCandidateAsync(cancel);
            return new CandidateHealthy(clock.GetElapsedTime(began));
        }
        catch (ExpectedException failure)
        {
            return new CandidateFailed(Told(failure));
        }
    }

    private async Task<RolloutEvent> TestAsync(CancellationToken cancel)
    {
        foreach (var missing in await target.CheckEvidenceAsync(cancel))
        {
            return new EvidenceMissing(missing.Gate, missing.Reason);
        }

        foreach (var test in manifest.Rollout.Tests)
        {
            if (await target.TestCandidateAsync(test, cancel) is { } why)
            {
                return new TestFailed(test.Name, why);
            }
        }

        return new TestsPassed([.. manifest.Rollout.Tests.Select(test => test.Name)]);
    }

    private async Task<RolloutEvent> ShiftAsync(CancellationToken cancel)
    {
        try
        {
            var asked = State.Weight;
            var inForce = await target.SetWeightAsync(asked, cancel);
            return Math.Abs(inForce - asked) < WeightTolerance
                ? new WeightApplied(inForce)
                : new WeightRefused($"a weight of {Words.Percent(asked)} was asked for, but {Words.Percent(inForce)} is in force");
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested && failure is not OutsideEventException)
        {
            return new WeightRefused(Told(failure));
        }
    }

    private async Task<RolloutEvent> JudgeAsync(CancellationToken cancel)
    {
        var step = plan.Steps[State.Step];
        judge.BeginStep(step.Index, step.Comparable && !plan.FirstDeployment);
        var already = target.BeginStep(judge);
        var began = clock.GetTimestamp();
        var looks = new LookJournal();
        while (true)
        {
            await Task.Delay(UntilNextLook(step, already + clock.GetElapsedTime(began)), clock, cancel);
            var measurements = (await target.MeasureAsync(cancel)).ToImmutableArray();
            var judgments = judge.Look(measurements);
            var elapsed = already + clock.GetElapsedTime(began);
            var decision = StepDecision.Decide(plan, step, elapsed, judgments);
            var told = decision is not null || looks.WorthTelling(elapsed, judgments);
            Write((seq, at) => new LookEntry(seq, at, step.Index, elapsed, measurements, told ? judgments : null), durable: false);
            if (decision is not null)
            {
                return decision;
            }
        }
    }

    /// <summary>The last look falls on the step's end; where no time was given, as in a rollback, there is nothing to wait for.</summary>
    private TimeSpan UntilNextLook(PlannedStep step, TimeSpan elapsed) =>
        step.For == TimeSpan.Zero ? TimeSpan.Zero
        : step.For - elapsed is var left && (left <= TimeSpan.Zero || left >= Pace) ? Pace
        : left > ShortestLook ? left
        : ShortestLook;

    private async Task<RolloutEvent> WaitAsync(CancellationToken cancel)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);
        throw new InvalidOperationException("an infinite wait ended");
    }

    private async Task<RolloutEvent> RestoreAsync(CancellationToken cancel)
    {
        try
        {
            return await target.RestoreStableAsync(cancel);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            return new StableNotVerified(
                failure is ExpectedException ? failure.Message : Told(failure), "unknown", (failure as ExpectedException)?.Remedy ?? "run `mldeploy status`, then `mldeploy rollback`");
        }
    }

    private Task<RolloutEvent> InterruptibleAsync(Func<CancellationToken, Task<RolloutEvent>> activity, CancellationToken cancel) =>
        new InterruptibleActivity(plan, State, requests, clock, Told, text => Write((seq, at) => new NoteEntry(seq, at, text), durable: false)).RunAsync(activity, deadline!.Left, cancel);

    /// <summary>What to do stands in the first line, before what an application may have logged.</summary>
    private static string Told(Exception failure)
    {
        if (failure is not ExpectedException expected)
        {
            return $"unexpected: {failure.GetType().Name}: {failure.Message}";
        }

        var lines = expected.Message.Split('\n', 2);
        return string.Join('\n', [$"{lines[0].TrimEnd(' ', '.', '\r')} ({expected.Remedy.TrimEnd('.')})", .. lines.Skip(1)]);
    }

    private TEntry Write<TEntry>(Func<long, DateTimeOffset, TEntry> make, bool durable)
        where TEntry : JournalEntry
    {
        var entry = journal.Append(make, durable);
        Wrote?.Invoke(entry);
        return entry;
    }
}

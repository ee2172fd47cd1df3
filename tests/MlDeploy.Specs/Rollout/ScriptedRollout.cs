using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Rollout;

/// <summary>A real runner, judge and journal over a target that does what a script says, in the time of a manual clock.</summary>
internal sealed class ScriptedRollout : IRolloutTarget, IDisposable
{
    public const string Canary = """
        { strategy: canary, steps: [ { weight: 5%, for: 10s }, { weight: 50%, for: 10s } ], bake: 10s, patience: 20s, minimumRequests: 100,
          deadline: 1h, gates: [ { metric: http.errors, max: 5%, maxIncrease: 0.5% }, { metric: restarts, max: 0 } ] }
        """;

    /// <summary>No look is further away than this, so the deadline is only reached when a script waits for it.</summary>
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(3);

    private readonly TestFolder folder = new();
    private readonly AppManifest manifest;
    private readonly JournalWriter journal;
    private int step;
    private int look;

    public ScriptedRollout(string rollout = Canary, bool first = false, string? stable = "v1-0", string candidate = "v2-0")
    {
        manifest = Reading.Valid(Reading.WithRollout(rollout));
        Plan = RolloutPlan.For(manifest.Rollout, first);
        JournalPath = folder.PathTo("journal.jsonl");
        journal = JournalWriter.Open(JournalPath, Clock);
        Runner = NewRunner();
        Opened = journal.Append(
            (seq, at) => new OpenedEntry(seq, at, JournalFormat.Schema, 7, "app", candidate, first ? null : stable, manifest.CanonicalJson, Plan, "ann@laptop", null, "1.0.0"), durable: true);
    }

    public ManualClock Clock { get; } = new();

    public OpenedEntry Opened { get; }

    public RolloutPlan Plan { get; }

    public string JournalPath { get; }

    public RolloutRunner Runner { get; private set; }

    /// <summary>What the target was asked to do, each with the phase that stood in the journal at that moment.</summary>
    public List<string> Calls { get; } = [];

    public Func<CancellationToken, Task> Start { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task<string?>> Test { get; set; } = _ => Task.FromResult<string?>(null);

    public IReadOnlyList<MissingMeasurement> Missing { get; set; } = [];

    public Func<double, double> Weight { get; set; } = asked => asked;

    /// <summary>Step and look (from 1) to measurements.</summary>
    public Func<int, int, IReadOnlyList<Measurement>> Measure { get; set; } = (_, _) => Good();

    /// <summary>How long a weight was in force before it was seen.</summary>
    public TimeSpan SeenLate { get; set; }

    /// <summary>The measuring under way only ends by being cancelled.</summary>
    public bool HoldMeasuring { get; set; }

    public Func<RolloutEvent> Restore { get; set; } = () => new StableVerified("v1-0");

    public static IReadOnlyList<Measurement> Good(long candidate = 200) => Counts(candidate, 0, 4000, 4);

    public static IReadOnlyList<Measurement> Counts(long units, long failed, long stableUnits, long stableFailed) =>
        [new CountMeasurement("http.errors", new(units, failed), new(stableUnits, stableFailed)), new LevelMeasurement("restarts", 0)];

    public ImmutableArray<JournalEntry> Entries() => JournalReader.Read(JournalPath);

    public Task<RolloutState> RunAsync() => DriveAsync(Runner.RunAsync(RolloutState.Initial(Opened.At), new Begun(), CancellationToken.None));

    /// <summary>What the next host does after this one was killed.</summary>
    public Task<RolloutState> ResumeAsync()
    {
        Runner = NewRunner();
        return DriveAsync(Runner.RunAsync(JournalReplay.Replay(Entries()).State!, new HostRestarted(), CancellationToken.None));
    }

    /// <summary>Moves the clock from timer to timer until the rollout has ended.</summary>
    public async Task<RolloutState> DriveAsync(Task<RolloutState> run, TimeSpan? within = null)
    {
        for (var idle = 0; !run.IsCompleted; idle++)
        {
            Assert.True(idle < 10_000, $"nothing happens in {Runner.State.Phase}");
            if (!Clock.Step(within ?? NextLook))
            {
                await Task.Delay(1);
            }
        }

        return await run;
    }

    public void FillDisk() => journal.Dispose();

    Task IRolloutTarget.StartCandidateAsync(CancellationToken cancel)
    {
        Called("start");
        return Start(cancel);
    }

    Task<string?> IRolloutTarget.TestCandidateAsync(PreTrafficTest test, CancellationToken cancel)
    {
        Called($"test {test.Name}");
        return Test(cancel);
    }

    Task<IReadOnlyList<MissingMeasurement>> IRolloutTarget.CheckEvidenceAsync(CancellationToken cancel) => Task.FromResult(Missing);

    Task<double> IRolloutTarget.SetWeightAsync(double weight, CancellationToken cancel)
    {
        Called(FormattableString.Invariant($"weight {weight}"));
        return Task.FromResult(Weight(weight));
    }

    TimeSpan IRolloutTarget.BeginStep(Judge judge)
    {
        Called("begin");
        (step, look) = (Runner.State.Step, 0);
        return SeenLate;
    }

    async Task<IReadOnlyList<Measurement>> IRolloutTarget.MeasureAsync(CancellationToken cancel)
    {
        var measured = Measure(step, ++look);
        if (HoldMeasuring)
        {
            HoldMeasuring = false;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }

        return measured;
    }

    Task<RolloutEvent> IRolloutTarget.RestoreStableAsync(CancellationToken cancel)
    {
        Called("restore");
        return Task.FromResult(Restore());
    }

    Task IRolloutTarget.CompletePromotionAsync(CancellationToken cancel)
    {
        Called("promote");
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        journal.Dispose();
        folder.Dispose();
    }

    private RolloutRunner NewRunner() => new(manifest, Plan, this, journal, Clock);

    private void Called(string what) => Calls.Add($"{what} ({Entries().OfType<TransitionEntry>().Last().State.Phase})");
}

using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Local.Deployments;

/// <summary>One deployment while it runs: the lease, whoever follows it, and who may steer it.</summary>
internal sealed class LocalDeployment : IDisposable
{
    private readonly JournalWriter journal;
    private readonly RolloutRunner runner;
    private readonly CancellationTokenSource abandon = new();
    private volatile TaskCompletionSource wrote = Pulse();

    /// <param name="wrote">Told of each entry of the journal; must not wait.</param>
    public LocalDeployment(OpenedEntry opened, JournalWriter journal, RolloutRunner runner, Action<JournalEntry> wrote)
    {
        Opened = opened;
        this.journal = journal;
        this.runner = runner;
        runner.Wrote = entry =>
        {
            LastJudged = entry is LookEntry { Judgments: not null } look ? look : LastJudged;
            Interlocked.Exchange(ref this.wrote!, Pulse()).TrySetResult();
            wrote(entry);
        };
    }

    public OpenedEntry Opened { get; }

    public int Number => Opened.Deployment;

    public RolloutState State => runner.State;

    /// <summary>The newest look whose judgments were written down; null before the first, and after a restart of the host until the next.</summary>
    public LookEntry? LastJudged { get; private set; }

    /// <summary>Number of the journal's newest entry.</summary>
    public long LastEntry => journal.LastSeq;

    /// <summary>Completes when the rollout has ended, in whatever way, and everything that follows from it was done.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Completes at the next journal entry.</summary>
    public Task Wrote => wrote.Task;

    public void Begin(RolloutState state, RolloutEvent first, Func<Task<RolloutState>, Task> afterwards) =>
        Ended = Task.Run(async () =>
        {
            await afterwards(runner.RunAsync(state, first, abandon.Token));
            wrote.TrySetResult();
        });

    public void Steer(RolloutEvent request) => runner.Request(request);

    /// <summary>Writes down an end that came about without the journal; false when it still cannot be written.</summary>
    public bool TryConclude(string reason, RolloutEvent restored)
    {
        try
        {
            runner.Conclude(reason, restored);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Stops driving the rollout without writing anything: the next host takes it up from its journal.</summary>
    public Task AbandonAsync()
    {
        try
        {
            abandon.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }

        return Ended;
    }

    public ExpectedException Held() => new(
        ExitCode.LeaseHeld,
        $"deployment {Number} of {Opened.Application} ({Opened.Candidate}) is under way: {Opened.Holder} began it at {Opened.At:yyyy-MM-dd HH:mm:ss} UTC"
        + (Opened.RunUrl is { } url ? $", {url}" : ""),
        $"wait for it (`mldeploy status`), or end it with `mldeploy abort`");

    public void Dispose()
    {
        journal.Dispose();
        abandon.Dispose();
    }

    private static TaskCompletionSource Pulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

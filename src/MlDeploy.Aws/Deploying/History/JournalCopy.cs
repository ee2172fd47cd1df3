using System.Collections.Immutable;
using System.Text;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Aws.Deploying.History;

/// <summary>
/// Copies a journal to the target while it is written: soon after each change of state, else once a minute. The one on disk counts;
/// what cannot be copied is told once, and ends nothing.
/// </summary>
/// <param name="deployment">CodeDeploy's id; null while there is none, and entries wait.</param>
/// <param name="note">Where trouble is told.</param>
public sealed class JournalCopy(LogsClient logs, string group, Func<string?> deployment, TimeProvider clock, Action<string> note) : IAsyncDisposable
{
    private const int MostEvents = 10_000;
    private const int MostBytes = 1 << 20;
    private const int BytesBesideText = 26;

    /// <summary>Characters that wait for CloudWatch Logs to answer; with more, it is given up.</summary>
    private const long MostWaiting = 32 << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly Lock gate = new();
    private readonly List<(long Seq, DateTimeOffset At, string Line)> waiting = [];
    private readonly CancellationTokenSource ending = new();
    private Task copying = Task.CompletedTask;
    private long waitingCharacters;
    private bool urgent;
    private bool hasStream;
    private bool givenUp;
    private long lastCopy;
    private long lastTimestamp;

    public void Start()
    {
        lastCopy = clock.GetTimestamp();
        copying = Task.Run(() => CopyOnAsync(ending.Token), CancellationToken.None);
    }

    /// <summary>From any thread.</summary>
    public void Add(JournalEntry entry)
    {
        var line = JournalFormat.Write(entry);
        lock (gate)
        {
            if (!givenUp)
            {
                waiting.Add((entry.Seq, entry.At, line));
                waitingCharacters += line.Length;
                urgent |= entry is TransitionEntry;
            }
        }
    }

    /// <summary>Copies what is left, for some seconds at most. Safe to repeat.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ending.IsCancellationRequested)
        {
            return;
        }

        await ending.CancelAsync();
        await copying;
        await CopyAsync(CancellationToken.None);
        ending.Dispose();
    }

    private async Task CopyOnAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                bool due;
                lock (gate)
                {
                    due = urgent || clock.GetElapsedTime(lastCopy) >= AtLeastEvery;
                }

                if (due)
                {
                    await CopyAsync(stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The deployment is over.
        }
    }

    private async Task CopyAsync(CancellationToken stop)
    {
        if (deployment() is not { } id || Take() is not { Count: > 0 } lines)
        {
            return;
        }

        lastCopy = clock.GetTimestamp();
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        var copied = 0;
        try
        {
            await MakeStreamAsync(id, either.Token);
            foreach (var (events, upTo) in Batches(lines))
            {
                await logs.PutLogEventsAsync(new PutLogEventsRequest { LogGroupName = group, LogStreamName = JournalStream.Name(id), LogEvents = events }, either.Token);
                copied = upTo;
            }
        }
        catch (AwsServiceException failure)
        {
            PutBack(lines, copied, failure.Kind is AwsFailureKind.Transient or AwsFailureKind.Throttled or AwsFailureKind.Unreachable ? null : Words.FirstLine(failure.Message));
        }
        catch (OperationCanceledException)
        {
            PutBack(lines, copied, null);
        }
    }

    private List<(long Seq, DateTimeOffset At, string Line)> Take()
    {
        lock (gate)
        {
            var taken = waiting.OrderBy(entry => entry.Seq).ToList();
            waiting.Clear();
            (waitingCharacters, urgent) = (0, false);
            return taken;
        }
    }

    private void PutBack(List<(long Seq, DateTimeOffset At, string Line)> lines, int copied, string? refused)
    {
        lock (gate)
        {
            waiting.AddRange(lines.Skip(copied));
            waitingCharacters = waiting.Sum(entry => (long)entry.Line.Length);
            refused ??= waitingCharacters > MostWaiting ? "CloudWatch Logs has not answered for too long" : null;
            if (refused is null)
            {
                return;
            }

            givenUp = true;
            waiting.Clear();
        }

        note($"the journal is not copied to the log group {group} ({refused}): other machines see what CodeDeploy tells, not this deployment's judgments");
    }

    private async Task MakeStreamAsync(string id, CancellationToken stop)
    {
        if (hasStream)
        {
            return;
        }

        try
        {
            await logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = group, LogStreamName = JournalStream.Name(id) }, stop);
        }
        catch (AwsServiceException there) when (there.Kind == AwsFailureKind.AlreadyExists || there.Code == "ResourceAlreadyExistsException")
        {
            // Of the runner whose deployment was adopted.
        }

        hasStream = true;
    }

    /// <summary>Times increase strictly, so that reading keeps the order.</summary>
    /// <returns>Batches, each with how many whole lines are copied with it.</returns>
    private IEnumerable<(ImmutableArray<InputLogEvent> Events, int UpTo)> Batches(List<(long Seq, DateTimeOffset At, string Line)> lines)
    {
        var (events, bytes) = (ImmutableArray.CreateBuilder<InputLogEvent>(), 0);
        for (var at = 0; at < lines.Count; at++)
        {
            foreach (var piece in JournalStream.Pieces(lines[at].Line))
            {
                var size = Encoding.UTF8.GetByteCount(piece) + BytesBesideText;
                if (events.Count == MostEvents || bytes + size > MostBytes)
                {
                    yield return (events.DrainToImmutable(), at);
                    bytes = 0;
                }

                lastTimestamp = Math.Max(lastTimestamp + 1, lines[at].At.ToUnixTimeMilliseconds());
                events.Add(new InputLogEvent { Timestamp = lastTimestamp, Message = piece });
                bytes += size;
            }
        }

        yield return (events.DrainToImmutable(), lines.Count);
    }
}

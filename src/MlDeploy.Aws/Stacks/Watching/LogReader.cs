using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Aws.Deploying.Versions;

namespace MlDeploy.Aws.Stacks.Watching;

/// <param name="Version">Null where the stream does not tell.</param>
/// <param name="Task">The task's id; empty where the stream is not named after one.</param>
public sealed record LogLine(DateTimeOffset At, string? Version, string Task, string Text);

/// <summary>Which streams of an application's log are read.</summary>
/// <param name="Prefix">Of their names; where it ends in a dash, what follows is an image's digest and no longer label.</param>
/// <param name="Versioned">True for those that name a version, false for those that name none, null for either.</param>
/// <param name="Task">One task's only; its id, or how it begins.</param>
/// <param name="Container">One container's only.</param>
public sealed record LogSelection(string Prefix, bool? Versioned = null, string? Task = null, string? Container = null)
{
    /// <param name="stream">A stream's name.</param>
    public bool Takes(string stream)
    {
        var (version, task) = LogStreams.Read(stream);
        return stream.StartsWith(Prefix, StringComparison.Ordinal)
            && (Versioned is null || Versioned == version is not null)
            && (Task is null || task.StartsWith(Task, StringComparison.Ordinal))
            && (Container is null || (stream.Split('/') is [.., var container, _] && container == Container))
            && (!Prefix.EndsWith('-') || !stream[Prefix.Length..].Split('/')[0].Contains('-', StringComparison.Ordinal));
    }
}

/// <summary>An application's log from CloudWatch Logs: the last lines, and those that come.</summary>
public sealed class LogReader(LogsClient logs, string group, LogSelection selection, TimeProvider clock)
{
    /// <summary>Lines may come in after younger ones.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    /// <summary>Each asks further back, until there are enough lines; most questions end with the first.</summary>
    private static readonly TimeSpan[] Back =
        [TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(60)];

    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);

    /// <returns>Oldest first.</returns>
    public async Task<ImmutableArray<LogLine>> TailAsync(int lines, CancellationToken stop)
    {
        var last = new Queue<LogLine>();
        foreach (var back in Back)
        {
            last.Clear();
            await foreach (var entry in EventsAsync(clock.GetUtcNow() - back, stop))
            {
                if (Matches(entry))
                {
                    last.Enqueue(Line(entry));
                    if (last.Count > lines)
                    {
                        last.Dequeue();
                    }
                }
            }

            if (last.Count >= lines)
            {
                break;
            }
        }

        return [.. last];
    }

    /// <summary>Goes on until it is cancelled.</summary>
    public async IAsyncEnumerable<LogLine> FollowAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken stop)
    {
        var told = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var since = from;
        while (true)
        {
            await foreach (var entry in EventsAsync(since, stop))
            {
                var line = Line(entry);
                if (line.At < from || !told.TryAdd(entry.EventId ?? $"{entry.LogStreamName}/{entry.Timestamp}/{entry.Message}", line.At))
                {
                    continue;
                }

                if (Matches(entry))
                {
                    yield return line;
                }
            }

            if (told.Count > 0)
            {
                since = told.Values.Max() - Late;
                foreach (var old in told.Where(entry => entry.Value < since).Select(entry => entry.Key).ToArray())
                {
                    told.Remove(old);
                }
            }

            await Task.Delay(PollEvery, clock, stop);
        }
    }

    private IAsyncEnumerable<FilteredLogEvent> EventsAsync(DateTimeOffset from, CancellationToken stop) =>
        logs.EventsAsync(new FilterLogEventsRequest { LogGroupName = group, LogStreamNamePrefix = selection.Prefix, StartTime = from.ToUnixTimeMilliseconds() }, stop);

    private bool Matches(FilteredLogEvent entry) => selection.Takes(entry.LogStreamName ?? "");

    private static LogLine Line(FilteredLogEvent entry)
    {
        var (version, task) = LogStreams.Read(entry.LogStreamName ?? "");
        return new LogLine(DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp), version, task, entry.Message.TrimEnd('\n', '\r'));
    }
}

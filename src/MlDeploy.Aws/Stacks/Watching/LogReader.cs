using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MlDeploy.Aws.Clients.Logs;

namespace MlDeploy.Aws.Stacks.Watching;

/// <param name="Task">The task's id; empty where the stream is not named after one.</param>
public sealed record LogLine(DateTimeOffset At, string Task, string Text);

/// <summary>An application's log from CloudWatch Logs: the last lines, and those that come.</summary>
/// <param name="prefix">Of the streams: the application's name.</param>
public sealed class LogReader(LogsClient logs, string group, string prefix, TimeProvider clock)
{
    /// <summary>Lines may come in after younger ones.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    /// <summary>Each asks further back, until there are enough lines; most questions end with the first.</summary>
    private static readonly TimeSpan[] Back =
        [TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(60)];

    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);

    /// <param name="task">Only this task's; its id, or how it begins.</param>
    /// <returns>Oldest first.</returns>
    public async Task<ImmutableArray<LogLine>> TailAsync(string? task, int lines, CancellationToken stop)
    {
        var last = new Queue<LogLine>();
        foreach (var back in Back)
        {
            last.Clear();
            await foreach (var entry in EventsAsync(clock.GetUtcNow() - back, stop))
            {
                if (Line(entry) is var line && Matches(line, task))
                {
                    last.Enqueue(line);
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
    public async IAsyncEnumerable<LogLine> FollowAsync(string? task, DateTimeOffset from, [EnumeratorCancellation] CancellationToken stop)
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

                if (Matches(line, task))
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
        logs.EventsAsync(new FilterLogEventsRequest { LogGroupName = group, LogStreamNamePrefix = prefix, StartTime = from.ToUnixTimeMilliseconds() }, stop);

    private static bool Matches(LogLine line, string? task) => task is null || line.Task.StartsWith(task, StringComparison.Ordinal);

    /// <summary>`PREFIX/CONTAINER/TASK`</summary>
    private static LogLine Line(FilteredLogEvent entry) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp),
        entry.LogStreamName?.Split('/') is [.., var id] parts && parts.Length > 2 ? id : "",
        entry.Message.TrimEnd('\n', '\r'));
}

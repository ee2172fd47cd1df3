using System.Collections.Immutable;
using MlDeploy.Aws.Clients.Logs;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>Lines of some streams over a span of time, oldest first.</summary>
/// <param name="Read">Share of the span that the lines cover, 0–1: below 1 there were more than the calls allowed, and the rest of the span was left out.</param>
internal sealed record LogSlice(ImmutableArray<FilteredLogEvent> Lines, double Read)
{
    /// <param name="streams">Names the log group and the streams, by name or by prefix.</param>
    /// <param name="mark">A word that every line with a prediction has in it; null for all lines.</param>
    /// <param name="next">Asked before each call: whether one more may be made.</param>
    public static async Task<LogSlice> ReadAsync(
        LogsClient logs, FilterLogEventsRequest streams, string? mark, DateTimeOffset from, DateTimeOffset to, Func<bool> next, CancellationToken stop)
    {
        var lines = ImmutableArray.CreateBuilder<FilteredLogEvent>();
        string? token = null;
        while (next())
        {
            var page = await logs.FilterLogEventsAsync(
                streams with
                {
                    StartTime = from.ToUnixTimeMilliseconds(),
                    EndTime = to.ToUnixTimeMilliseconds(),
                    FilterPattern = mark is null ? null : $"\"{mark}\"",
                    NextToken = token,
                },
                stop);
            lines.AddRange(page.Events);
            if (string.IsNullOrEmpty(page.NextToken) || page.NextToken == token)
            {
                return new LogSlice(lines.ToImmutable(), 1);
            }

            token = page.NextToken;
        }

        var seen = lines.Count == 0 ? 0 : (DateTimeOffset.FromUnixTimeMilliseconds(lines[^1].Timestamp) - from) / (to - from);
        return new LogSlice(lines.ToImmutable(), Math.Clamp(seen, 0, 1));
    }
}

using System.Text;
using System.Text.Json;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Aws.Deploying.History;

/// <summary>
/// A deployment's journal as events of a log stream. The application's log group has a stream for each deployment, so that every machine
/// reads what only the runner's disk would have. A description or a tag is too short for a reason, let alone for its evidence.
/// </summary>
internal static class JournalStream
{
    /// <summary>An event has at most 256 KiB (CloudWatch Logs quotas); a character takes three bytes at most.</summary>
    private const int LongestPiece = 80_000;

    /// <summary>What a piece that goes on begins with; a journal's line begins with a brace.</summary>
    private const char Continued = '+';

    /// <summary>No application is named so, and streams of tasks are named after the application.</summary>
    public static string Name(string deployment) => $"_deployments/{deployment}";

    /// <summary>The line, or what it is cut into: `{…`, `+1 …`, `+2 …`.</summary>
    public static IEnumerable<string> Pieces(string line)
    {
        for (int at = 0, piece = 0; at < line.Length; piece++)
        {
            var end = Math.Min(line.Length, at + LongestPiece);
            end -= end < line.Length && char.IsHighSurrogate(line[end - 1]) ? 1 : 0;
            yield return piece == 0 ? line[at..end] : $"{Continued}{piece} {line[at..end]}";
            at = end;
        }
    }

    /// <summary>
    /// Whole entries, as far as they can be read: a write that was repeated may have left some twice, and what was asked for may begin in
    /// the midst of one.
    /// </summary>
    public static IEnumerable<JournalEntry> Entries(IEnumerable<string> events)
    {
        var (line, pieces) = (new StringBuilder(), 0);
        foreach (var text in events)
        {
            if (text is not [Continued, ..])
            {
                if (Entry(line) is { } whole)
                {
                    yield return whole;
                }

                line.Clear().Append(text);
                pieces = 0;
            }
            else if (text.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 && int.TryParse(text.AsSpan(1, space - 1), out var piece) && piece == pieces + 1)
            {
                line.Append(text, space + 1, text.Length - space - 1);
                pieces++;
            }
        }

        if (Entry(line) is { } last)
        {
            yield return last;
        }
    }

    /// <summary>What the last runner wrote, in order: one that adopted a deployment begins a journal of its own.</summary>
    public static IReadOnlyList<JournalEntry> LastRunner(IEnumerable<JournalEntry> entries)
    {
        var mine = new SortedDictionary<long, JournalEntry>();
        foreach (var entry in entries)
        {
            if (entry is OpenedEntry)
            {
                mine.Clear();
            }

            mine[entry.Seq] = entry;
        }

        return [.. mine.Values];
    }

    private static JournalEntry? Entry(StringBuilder line)
    {
        if (line.Length == 0)
        {
            return null;
        }

        try
        {
            return JournalFormat.Read(Encoding.UTF8.GetBytes(line.ToString()));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Collections.Immutable;
using System.Text;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Aws.Deploying.History;

/// <summary>Reads the journals that runners copied to the target, from any machine.</summary>
public sealed class JournalCopyReader(LogsClient logs, string group)
{
    /// <summary>Of a journal whose end is asked for: its last lines are the end, and what was noted while cleaning up.</summary>
    private const int LastEvents = 50;

    /// <summary>Characters of a journal that are read at most.</summary>
    private const long Longest = 256 << 20;

    /// <returns>Empty when there is none: the deployment is not of mldeploy, its runner could not copy, or the log group keeps it no longer.</returns>
    /// <exception cref="ExpectedException">It is damaged.</exception>
    public async Task<ImmutableArray<JournalEntry>> ReadAsync(string deployment, CancellationToken stop)
    {
        var events = new List<string>();
        var length = 0L;
        string? token = null;
        try
        {
            while (true)
            {
                var page = await logs.GetLogEventsAsync(Request(deployment) with { NextToken = token, StartFromHead = true }, stop);
                events.AddRange(page.Events.Select(each => each.Message));
                length += page.Events.Sum(each => (long)each.Message.Length);
                if (page.NextForwardToken is null || page.NextForwardToken == token || length > Longest)
                {
                    break;
                }

                token = page.NextForwardToken;
            }
        }
        catch (AwsServiceException absent) when (absent.Kind == AwsFailureKind.NotFound)
        {
            return [];
        }

        var entries = JournalStream.LastRunner(JournalStream.Entries(events));
        if (entries.Count == 0)
        {
            return [];
        }

        // By the reader of files, which lets nothing unsound through.
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(entries.Select(entry => JournalFormat.Write(entry) + "\n"))));
        return JournalReader.Read(lines, $"{group}/{JournalStream.Name(deployment)}");
    }

    /// <returns>The transition that ended the rollout; null when its runner did not live to see it, or nothing can be read.</returns>
    public async Task<TransitionEntry?> EndAsync(string deployment, CancellationToken stop)
    {
        try
        {
            var page = await logs.GetLogEventsAsync(Request(deployment) with { Limit = LastEvents, StartFromHead = false }, stop);
            return JournalStream.Entries(page.Events.Select(each => each.Message)).OfType<TransitionEntry>().LastOrDefault(entry => entry.State.IsFinal);
        }
        catch (AwsServiceException unread) when (unread.Kind is AwsFailureKind.NotFound or AwsFailureKind.AccessDenied)
        {
            return null;
        }
    }

    private GetLogEventsRequest Request(string deployment) => new() { LogGroupName = group, LogStreamName = JournalStream.Name(deployment) };
}

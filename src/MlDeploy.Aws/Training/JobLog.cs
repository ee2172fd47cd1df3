using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Logs;

namespace MlDeploy.Aws.Training;

/// <summary>What a training job prints, read on from where the last look ended.</summary>
internal sealed class JobLog(LogsClient logs, string job)
{
    private const string Group = "/aws/sagemaker/TrainingJobs";

    /// <summary>Pages of a thousand lines that one look reads at most; the next goes on.</summary>
    private const int MostPages = 20;

    private const int LongestLine = 4000;

    private readonly Dictionary<string, string?> read = new(StringComparer.Ordinal);

    /// <summary>Lines that are new, in the order of each of its streams.</summary>
    public async Task<ImmutableArray<string>> ReadAsync(CancellationToken stop)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        try
        {
            await foreach (var stream in logs.LogStreamsAsync(new DescribeLogStreamsRequest { LogGroupName = Group, LogStreamNamePrefix = job + "/" }, stop))
            {
                await ReadAsync(stream.LogStreamName, lines, stop);
            }
        }
        catch (AwsServiceException none) when (none.Kind == AwsFailureKind.NotFound)
        {
            // The first job of an account makes the group with its first line.
        }

        return lines.ToImmutable();
    }

    private async Task ReadAsync(string stream, ImmutableArray<string>.Builder lines, CancellationToken stop)
    {
        for (var page = 0; page < MostPages; page++)
        {
            var token = read.GetValueOrDefault(stream);
            var events = await logs.GetLogEventsAsync(new GetLogEventsRequest { LogGroupName = Group, LogStreamName = stream, NextToken = token, StartFromHead = true, Limit = 1000 }, stop);
            lines.AddRange(events.Events.Select(entry => Plain(entry.Message)));
            read[stream] = events.NextForwardToken ?? token;
            if (events.NextForwardToken is null || events.NextForwardToken == token)
            {
                return;
            }
        }
    }

    /// <summary>Somebody else's text, on our terminal: tabs stay, commands to the terminal do not.</summary>
    private static string Plain(string message) =>
        new([.. message.TrimEnd().Where(c => c == '\t' || !char.IsControl(c)).Take(LongestLine)]);
}

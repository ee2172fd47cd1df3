using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Logs;

namespace MlDeploy.Aws.Deploying.History;

/// <summary>
/// Who promoted or aborted a deployment from outside its runner: CodeDeploy keeps only that somebody did. It stands in a stream beside the
/// journal's copy. It is a courtesy: without it the deed is done all the same, and told as somebody's.
/// </summary>
public static class SteeringNote
{
    /// <summary>The deed waits no longer for being noted; noting goes on beside it.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private const int Looks = 5;

    /// <returns>The note being written, after a moment's head start.</returns>
    public static async Task<Task> BeginAsync(LogsClient logs, string group, string deployment, string holder, TimeProvider clock, CancellationToken stop)
    {
        var writing = WriteAsync(logs, group, deployment, holder, clock);
        await Task.WhenAny(writing, Task.Delay(Ahead, clock, stop));
        return writing;
    }

    private static async Task WriteAsync(LogsClient logs, string group, string deployment, string holder, TimeProvider clock)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        try
        {
            await logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = group, LogStreamName = Stream(deployment) }, late.Token);
            await logs.PutLogEventsAsync(
                new PutLogEventsRequest { LogGroupName = group, LogStreamName = Stream(deployment), LogEvents = [new InputLogEvent { Timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds(), Message = holder }] },
                late.Token);
        }
        catch (Exception untold) when (untold is AwsServiceException or OperationCanceledException)
        {
            // Somebody was first, or it may not be written.
        }
    }

    /// <returns>Null when nobody left one.</returns>
    public static async Task<string?> ReadAsync(LogsClient logs, string group, string deployment, CancellationToken stop)
    {
        try
        {
            var page = await logs.GetLogEventsAsync(new GetLogEventsRequest { LogGroupName = group, LogStreamName = Stream(deployment), Limit = 1, StartFromHead = true }, stop);
            return page.Events.FirstOrDefault()?.Message;
        }
        catch (AwsServiceException)
        {
            return null;
        }
    }

    /// <summary>The same of a deployment that has ended this moment: who ended it may still be writing.</summary>
    public static async Task<string?> AwaitAsync(LogsClient logs, string group, string deployment, TimeProvider clock, CancellationToken stop)
    {
        for (var look = 1; ; look++)
        {
            if (await ReadAsync(logs, group, deployment, stop) is { } holder)
            {
                return holder;
            }

            if (look == Looks)
            {
                return null;
            }

            await Task.Delay(LookEvery, clock, stop);
        }
    }

    private static string Stream(string deployment) => $"{JournalStream.Name(deployment)}/steered-by";
}

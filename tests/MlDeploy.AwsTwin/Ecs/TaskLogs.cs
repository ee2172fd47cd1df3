using System.Text.Json.Nodes;
using System.Threading.Channels;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>The awslogs driver of one container: its output, line by line, into a log stream.</summary>
internal sealed class TaskLogs : IAsyncDisposable
{
    /// <summary>Real time lines wait so that several go in one call.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(150);

    private readonly Channel<(DateTimeOffset At, string Line)> lines = Channel.CreateUnbounded<(DateTimeOffset, string)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TwinCaller logs;
    private readonly TimeProvider time;
    private readonly JsonObject stream;
    private readonly Task shipping;

    private TaskLogs(TwinCaller logs, TimeProvider time, JsonObject stream)
    {
        this.logs = logs;
        this.time = time;
        this.stream = stream;
        shipping = ShipAsync();
    }

    /// <exception cref="TaskFailure">There is no such group.</exception>
    public static async Task<TaskLogs> OpenAsync(TwinContext context, string region, LogRoute route, string container, string taskId, CancellationToken cancel)
    {
        var logs = context.Caller("ecs", region);
        var stream = new JsonObject { ["logGroupName"] = route.Group, ["logStreamName"] = $"{(route.Prefix.Length > 0 ? route.Prefix + "/" : "")}{container}/{taskId}" };
        try
        {
            if (route.CreateGroup)
                await IgnoringAsync("ResourceAlreadyExistsException", logs.JsonAsync("logs", "CreateLogGroup", new JsonObject { ["logGroupName"] = route.Group }, cancel));
            await logs.JsonAsync("logs", "CreateLogStream", (JsonObject)stream.DeepClone(), cancel);
        }
        catch (AwsError error)
        {
            logs.Dispose();
            throw new TaskFailure($"ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: {error.Code}: {error.Message} : exit status 1");
        }

        return new TaskLogs(logs, context.Clock, stream);
    }

    public void Write(string line) => lines.Writer.TryWrite((time.GetUtcNow(), line));

    /// <summary>Sends what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await shipping;
        logs.Dispose();
    }

    private async Task ShipAsync()
    {
        while (await lines.Reader.WaitToReadAsync())
        {
            await Task.Delay(Gathering);
            var events = new JsonArray();
            while (events.Count < 5000 && lines.Reader.TryRead(out var line))
                events.Add(new JsonObject { ["timestamp"] = line.At.ToUnixTimeMilliseconds(), ["message"] = line.Line });
            var request = (JsonObject)stream.DeepClone();
            request["logEvents"] = events;
            try
            {
                await logs.JsonAsync("logs", "PutLogEvents", request, CancellationToken.None);
            }
            catch (Exception error) when (error is AwsError or HttpRequestException)
            {
                // The group was deleted, or the twin ends: the driver drops lines too.
            }
        }
    }

    private static async Task IgnoringAsync(string code, Task<JsonObject> call)
    {
        try
        {
            await call;
        }
        catch (AwsError error) when (error.Code == code)
        {
            // As wished.
        }
    }
}

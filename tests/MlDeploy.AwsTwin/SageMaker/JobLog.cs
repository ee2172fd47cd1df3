using System.Text.Json.Nodes;
using System.Threading.Channels;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>A job's lines on their way to CloudWatch Logs, in batches as the agent sends them.</summary>
internal sealed class JobLog(TwinCaller call, TimeProvider clock, string job, DateTimeOffset started) : IAsyncDisposable
{
    private const string Group = "/aws/sagemaker/TrainingJobs";
    private readonly Channel<JsonObject> lines = Channel.CreateUnbounded<JsonObject>();
    private readonly string stream = $"{job}/algo-1-{started.ToUnixTimeSeconds()}";
    private Task sending = Task.CompletedTask;

    public async Task OpenAsync(CancellationToken cancel)
    {
        try
        {
            await call.JsonAsync("logs", "CreateLogGroup", new JsonObject { ["logGroupName"] = Group }, cancel);
        }
        catch (AwsError exists) when (exists.Code == "ResourceAlreadyExistsException")
        {
            // An earlier job made it.
        }

        await call.JsonAsync("logs", "CreateLogStream", new JsonObject { ["logGroupName"] = Group, ["logStreamName"] = stream }, cancel);
        sending = Task.Run(SendAsync, CancellationToken.None);
    }

    public void Write(string? line)
    {
        if (line is not null)
        {
            lines.Writer.TryWrite(new JsonObject { ["timestamp"] = clock.GetUtcNow().ToUnixTimeMilliseconds(), ["message"] = line });
        }
    }

    public async ValueTask DisposeAsync()
    {
        lines.Writer.Complete();
        await sending;
    }

    private async Task SendAsync()
    {
        while (await lines.Reader.WaitToReadAsync())
        {
            var batch = new JsonArray();
            while (batch.Count < 1000 && lines.Reader.TryRead(out var line))
            {
                batch.Add(line);
            }

            await call.JsonAsync("logs", "PutLogEvents", new JsonObject { ["logGroupName"] = Group, ["logStreamName"] = stream, ["logEvents"] = batch }, CancellationToken.None);
        }
    }
}

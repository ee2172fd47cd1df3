using System.Net;
using System.Text.Json;
using System.Threading.Channels;

namespace MlDeploy.Local.Gateway.Recording;

/// <summary>One request as the access log tells it.</summary>
internal readonly record struct AccessEntry(
    DateTimeOffset At, IPAddress? Client, string Method, string Path, int Status, long Microseconds, string? Version, bool Candidate);

/// <summary>
/// One JSON line per request, written by one task behind a bounded queue. Under pressure, or when the disk refuses,
/// lines are dropped and counted (the next line written says how many); a request is never delayed. Queries are left out,
/// since they hold personal data more often than not.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    /// <summary>Seconds of traffic at the rates a machine serves, a few hundred KB.</summary>
    private const int QueueLength = 8192;

    private readonly AccessLogOptions options;
    private readonly Channel<AccessEntry> queue = Channel.CreateBounded<AccessEntry>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Task writing;
    private long dropped;

    public AccessLog(AccessLogOptions options)
    {
        this.options = options;
        writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Lines that were not written.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    public void Write(in AccessEntry entry)
    {
        if (!queue.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref dropped);
        }
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAllAsync()
    {
        var file = new RotatingFile(options);
        await using (file)
        {
            using var buffer = new MemoryStream();
            await using var json = new Utf8JsonWriter(buffer);
            var told = 0L;
            while (await queue.Reader.WaitToReadAsync())
            {
                var lines = 0;
                while (buffer.Length < 64 * 1024 && queue.Reader.TryRead(out var entry))
                {
                    var missing = Dropped - told;
                    told += missing;
                    WriteLine(json, buffer, entry, missing);
                    lines++;
                }

                if (!await file.TryWriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length)))
                {
                    Interlocked.Add(ref dropped, lines);
                }

                buffer.SetLength(0);
            }
        }
    }

    private static void WriteLine(Utf8JsonWriter json, MemoryStream buffer, in AccessEntry entry, long missing)
    {
        json.WriteStartObject();
        json.WriteString("at", entry.At.UtcDateTime);
        json.WriteString("client", entry.Client?.ToString());
        json.WriteString("method", entry.Method);
        json.WriteString("path", entry.Path);
        json.WriteNumber("status", entry.Status);
        json.WriteNumber("micros", entry.Microseconds);
        json.WriteString("version", entry.Version);
        json.WriteString("arm", entry.Candidate ? "candidate" : "stable");
        if (missing > 0)
        {
            json.WriteNumber("linesDroppedBefore", missing);
        }

        json.WriteEndObject();
        json.Flush();
        buffer.WriteByte((byte)'\n');
        json.Reset();
    }
}

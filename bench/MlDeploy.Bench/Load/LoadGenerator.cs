using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;
using MlDeploy.Core.Analysis.Measuring;

namespace MlDeploy.Bench.Load;

/// <summary>
/// POSTs JSON over keep-alive connections, with raw sockets, so that the generator costs little beside
/// what it measures.
/// </summary>
internal static class LoadGenerator
{
    public static async Task<LoadResult> RunAsync(LoadPlan plan)
    {
        var counts = new long[LatencyScale.Size];
        var sent = 0L;
        var failed = 0L;
        var requests = plan.Requests();
        var begin = Stopwatch.GetTimestamp();
        var drivers = Enumerable.Range(0, plan.Connections).Select(_ => Channel.CreateUnbounded<long>()).ToArray();
        var driving = drivers.Select(arrivals => Task.Run(() => DriveAsync(arrivals.Reader))).ToArray();
        if (plan.Rate > 0)
        {
            await ArriveAsync(plan, begin, drivers);
        }

        await Task.WhenAll(driving);
        return new LoadResult(sent, failed, new LatencyHistogram(ImmutableArray.Create(counts)), Stopwatch.GetElapsedTime(begin));

        async Task DriveAsync(ChannelReader<long> arrivals)
        {
            var connection = await Connection.OpenAsync(plan);
            while (plan.Rate > 0 ? await arrivals.WaitToReadAsync() : Stopwatch.GetElapsedTime(begin) < plan.For)
            {
                var arrived = arrivals.TryRead(out var at) ? at : Stopwatch.GetTimestamp();
                if (await connection.AskAsync(requests[Interlocked.Increment(ref sent) % requests.Length]))
                {
                    if (Stopwatch.GetElapsedTime(begin, arrived) >= plan.Settle)
                    {
                        Interlocked.Increment(ref counts[LatencyScale.BucketOf((long)Stopwatch.GetElapsedTime(arrived).TotalMicroseconds)]);
                    }
                }
                else
                {
                    Interlocked.Increment(ref failed);
                    connection.Dispose();
                    connection = await Connection.OpenAsync(plan);
                }
            }

            connection.Dispose();
        }
    }

    /// <summary>
    /// Hands each request to the next connection in turn when it is due, from a thread that sleeps finer than a timer's
    /// millisecond: a tick would send what became due meanwhile as one burst, and its queue would be taken for the server's. A
    /// request counts from this hand-over: the generator's own lateness is not the server's.
    /// </summary>
    private static Task ArriveAsync(LoadPlan plan, long begin, Channel<long>[] drivers) => Task.Factory.StartNew(
        () =>
        {
            var all = (long)(plan.Rate * plan.For.TotalSeconds);
            for (var next = 0L; next < all; next++)
            {
                FineSleep.For(TimeSpan.FromSeconds(next / (double)plan.Rate) - Stopwatch.GetElapsedTime(begin));
                drivers[next % drivers.Length].Writer.TryWrite(Stopwatch.GetTimestamp());
            }

            foreach (var driver in drivers)
            {
                driver.Writer.Complete();
            }
        },
        TaskCreationOptions.LongRunning);

    private sealed class Connection(Socket socket) : IDisposable
    {
        private readonly byte[] buffer = new byte[16 * 1024];

        public static async Task<Connection> OpenAsync(LoadPlan plan)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(plan.Target);
            return new Connection(socket);
        }

        /// <returns>False unless the answer is a whole 200.</returns>
        public async ValueTask<bool> AskAsync(byte[] request)
        {
            try
            {
                await socket.SendAsync(request);
                var have = 0;
                while (true)
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(have));
                    if (read == 0)
                    {
                        return false;
                    }

                    have += read;
                    if (LengthOf(buffer.AsSpan(0, have)) is { } whole && have >= whole)
                    {
                        return have == whole && buffer.AsSpan(0, 12).EndsWith(" 200"u8);
                    }
                }
            }
            catch (SocketException)
            {
                return false;
            }
        }

        public void Dispose() => socket.Dispose();

        private static int? LengthOf(ReadOnlySpan<byte> answer)
        {
            var head = answer.IndexOf("\r\n\r\n"u8);
            if (head < 0)
            {
                return null;
            }

            var name = FindLength(answer[..head]);
            var digits = answer[name..head];
            var line = digits.IndexOf((byte)'\r');
            return head + 4 + int.Parse((line < 0 ? digits : digits[..line]).Trim((byte)' '));
        }

        private static int FindLength(ReadOnlySpan<byte> head)
        {
            var at = head.IndexOf("Content-Length:"u8);
            at = at < 0 ? head.IndexOf("content-length:"u8) : at;
            return at < 0 ? throw new InvalidDataException("the answer has no Content-Length") : at + "content-length:".Length;
        }
    }
}

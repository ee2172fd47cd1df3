using System.Threading.Channels;

namespace MlDeploy.Local.Capture;

/// <summary>
/// Between the request path and the one thread that parses: bounded in exchanges and in bytes; what does not fit is dropped by whoever offers it.
/// Offering wakes nobody, so that it costs a request no more than a lock: the thread looks by itself, twenty times a second, and works a fifth of the
/// time at most. So capture never takes more from requests than that, and what a busier application is asked is sampled by what finds room.
/// </summary>
internal sealed class CaptureQueue : IDisposable
{
    /// <summary>Two seconds of 2,000 requests.</summary>
    private const int Most = 4096;

    private const long MostBytes = 32L << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Of each look; some 15,000 small predictions a second.</summary>
    private static readonly TimeSpan WorkFor = LookEvery / 5;

    private readonly Channel<CapturedExchange> queue = Channel.CreateBounded<CapturedExchange>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly ManualResetEvent stopping = new(false);
    private readonly Action<CapturedExchange> consume;
    private readonly Action<string> tell;
    private readonly TimeProvider clock;
    private readonly Thread thread;
    private long bytes;
    private bool told;
    private volatile bool stopped;

    /// <param name="consume">Reads an exchange; a failure of it costs that exchange.</param>
    /// <param name="tell">Told of the first failure.</param>
    public CaptureQueue(Action<CapturedExchange> consume, Action<string> tell, TimeProvider clock)
    {
        (this.consume, this.tell, this.clock) = (consume, tell, clock);
        thread = new Thread(Run) { IsBackground = true, Name = "capture", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    /// <summary>False when there is no room; the exchange then still belongs to the caller. Never waits.</summary>
    public bool TryAdd(CapturedExchange exchange)
    {
        if (Interlocked.Add(ref bytes, exchange.Bytes) <= MostBytes && queue.Writer.TryWrite(exchange))
        {
            return true;
        }

        Interlocked.Add(ref bytes, -exchange.Bytes);
        return false;
    }

    /// <summary>What is still queued is left unread.</summary>
    public void Dispose()
    {
        queue.Writer.TryComplete();
        stopped = true;
        stopping.Set();
        if (thread.Join(TimeSpan.FromSeconds(2)))
        {
            stopping.Dispose();
        }
    }

    private void Run()
    {
        do
        {
            var began = clock.GetTimestamp();
            while (!stopped && clock.GetElapsedTime(began) < WorkFor && queue.Reader.TryRead(out var exchange))
            {
                Take(exchange);
            }
        }
        while (!stopping.WaitOne(LookEvery));
    }

    private void Take(CapturedExchange exchange)
    {
        try
        {
            consume(exchange);
        }
        catch (Exception failure)
        {
            // Whatever a body did to the reader: capture goes on, and never ends the host.
            exchange.Arm.CountUnparsable(exchange.Step);
            if (!told)
            {
                told = true;
                tell($"a prediction could not be captured: {failure}");
            }
        }
        finally
        {
            Interlocked.Add(ref bytes, -exchange.Bytes);
            exchange.Return();
        }
    }
}

using System.Threading.Channels;

namespace MlDeploy.Local.Capture;

/// <summary>
/// Between the request path and the one thread that parses: bounded in exchanges and in bytes; what does not fit is dropped by whoever offers it.
/// Offering wakes nobody, so that it costs a request no more than a lock: the thread looks by itself. It works in short slices and a tenth of the time at most:
/// so no request waits long for a processor because of it, and what a busier application is asked is sampled by what finds room.
/// </summary>
internal sealed class CaptureQueue : IDisposable
{
    /// <summary>Two seconds of 2,000 requests.</summary>
    private const int Most = 4096;

    private const long MostBytes = 32L << 20;
    /// <summary>While nothing comes.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.4);

    /// <summary>After a slice; some 7,000 small predictions a second are read at that.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(4);

    private readonly Channel<CapturedExchange> queue = Channel.CreateBounded<CapturedExchange>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly ManualResetEvent stopping = new(false);
    private readonly Action<CapturedExchange> consume;
    private readonly Action<string> tell;
    private readonly TimeProvider clock;
    private readonly Thread thread;
    private long bytes;
    private int waiting;
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

    /// <summary>What were offered now would be dropped: nobody need copy it.</summary>
    public bool IsFull => Volatile.Read(ref waiting) >= Most || Interlocked.Read(ref bytes) >= MostBytes;

    /// <summary>False when there is no room; the exchange then still belongs to the caller. Never waits.</summary>
    public bool TryAdd(CapturedExchange exchange)
    {
        if (Interlocked.Add(ref bytes, exchange.Bytes) <= MostBytes && queue.Writer.TryWrite(exchange))
        {
            Interlocked.Increment(ref waiting);
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
        bool worked;
        do
        {
            var began = clock.GetTimestamp();
            worked = false;
            while (!stopped && clock.GetElapsedTime(began) < Slice && queue.Reader.TryRead(out var exchange))
            {
                Take(exchange);
                worked = true;
            }
        }
        while (!stopping.WaitOne(worked ? Rest : LookEvery));
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
            Interlocked.Decrement(ref waiting);
            exchange.Return();
        }
    }
}

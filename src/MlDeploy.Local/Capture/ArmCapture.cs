using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Local.Capture;

/// <summary>
/// One version's predictions: who is looked at, and the windows they are counted in. The request path only offers; the parsing thread counts; whoever
/// judges or saves takes the lock for the moment of a copy.
/// </summary>
internal sealed class ArmCapture(string version, CaptureSettings settings, ModelReference reference, CaptureQueue queue, TimeProvider clock, RowStore? kept = null)
{
    /// <summary>The golden ratio's fraction: multiples of it fill [0, 1) evenly, whatever the number of requests.</summary>
    private const double Golden = 0.6180339887498949;

    private readonly Lock gate = new();
    private readonly PredictionReader reader = new(settings, reference);
    private readonly PredictionLineReader lines = new(settings, reference);
    private StepWindow? step;
    private int judged = -1;
    private WindowSketch lasting = reference.NewWindow(version);
    private long requests;
    private long taken;
    private long dropped;
    private long unparsable;
    private long stepDropped;
    private long stepUnparsable;
    private long stepUnrelated;

    public string Version => version;

    /// <summary>The file or folder that its predictions are read from; null when they are read as they pass the gateway.</summary>
    public string? Log { get; init; }

    /// <summary>Requests that were left out, since the version came.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    public long Unparsable => Interlocked.Read(ref unparsable);

    /// <summary>Rows that were counted, since the version came.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>Rows counted since the last <see cref="TakeLasting"/>.</summary>
    public long Rows
    {
        get
        {
            lock (gate)
            {
                return lasting.Rows;
            }
        }
    }

    public bool IsSampled() => settings.Sample >= 1 || (Interlocked.Increment(ref requests) * Golden % 1) < settings.Sample;

    /// <summary>What were offered now would be dropped.</summary>
    public bool IsFull => queue.IsFull;

    /// <summary>Never waits: what finds no room is dropped and counted.</summary>
    public void Offer(CapturedExchange exchange)
    {
        if (!queue.TryAdd(exchange))
        {
            CountDropped(exchange.Step);
            exchange.Return();
        }
    }

    public void CountDropped(int ofStep)
    {
        Interlocked.Increment(ref dropped);
        if (ofStep == Volatile.Read(ref judged))
        {
            Interlocked.Increment(ref stepDropped);
        }
    }

    public void CountUnparsable(int ofStep)
    {
        Interlocked.Increment(ref unparsable);
        if (ofStep == Volatile.Read(ref judged))
        {
            Interlocked.Increment(ref stepUnparsable);
        }

        lock (gate)
        {
            lasting.Unreadable++;
        }
    }

    /// <summary>Called by the parsing thread.</summary>
    public void Count(CapturedExchange exchange)
    {
        var prediction = reader.Read(exchange);
        if (prediction is null)
        {
            CountUnparsable(exchange.Step);
            return;
        }

        Count(prediction, exchange.Step);
    }

    /// <summary>Called by the thread that follows logs. A line does not tell which step its request was placed in: it is counted in the one under way.</summary>
    public void CountLine(ReadOnlySpan<byte> line)
    {
        var isOne = lines.MayPredict(line);
        if (isOne && !IsSampled())
        {
            return;
        }

        PredictionRows? prediction = null;
        switch (isOne ? lines.Read(line, out prediction) : LineKind.Unrelated)
        {
            case LineKind.Prediction:
                Count(prediction!, Volatile.Read(ref judged));
                break;
            case LineKind.Unparsable:
                CountUnparsableLine();
                break;
            default:
                Interlocked.Increment(ref stepUnrelated);
                break;
        }
    }

    public void CountUnparsableLine() => CountUnparsable(Volatile.Read(ref judged));

    /// <summary>Begins to count a step by the reference of the rollout; requests placed before it are not in it.</summary>
    /// <param name="number">The gateway's.</param>
    public void BeginStep(ModelJudging judgedBy, int number)
    {
        lock (gate)
        {
            step = new StepWindow(judgedBy, number, version);
            Volatile.Write(ref judged, number);
            Interlocked.Exchange(ref stepDropped, 0);
            Interlocked.Exchange(ref stepUnparsable, 0);
            Interlocked.Exchange(ref stepUnrelated, 0);
        }
    }

    public void EndSteps()
    {
        lock (gate)
        {
            step = null;
            Volatile.Write(ref judged, -1);
        }
    }

    /// <summary>The step so far; null outside of one.</summary>
    public CapturedArm? Read()
    {
        lock (gate)
        {
            return step?.Read(Interlocked.Read(ref stepDropped), Interlocked.Read(ref stepUnparsable)) is { } counted ? counted with { WhyNothing = Log is null ? null : WhyNothing() } : null;
        }
    }

    /// <summary>What was counted since the last time, to be merged into what is kept; counting goes on with an empty window.</summary>
    public WindowSketch TakeLasting()
    {
        lock (gate)
        {
            kept?.Save();
            var window = lasting;
            lasting = reference.NewWindow(version);
            return window;
        }
    }

    private void Count(PredictionRows prediction, int ofStep)
    {
        Interlocked.Add(ref taken, prediction.Rows);
        lock (gate)
        {
            lasting.Covers(clock.GetUtcNow());
            prediction.AddTo(lasting, settings.Range);
            kept?.Add(prediction);
            if (step is { } now && now.Step == ofStep)
            {
                now.Add(prediction, settings.Range);
            }
        }
    }

    private string WhyNothing() =>
        $"no prediction of {version} is in {Log} yet in this step"
        + (Interlocked.Read(ref stepUnparsable) is > 0 and var unread ? $", and {unread} lines are cut off or no JSON" : Interlocked.Read(ref stepUnrelated) is > 0 and var other ? $", and {other} lines have no features at {settings.Inputs}" : "")
        + $"; {PredictionLineFormat.Advice(settings, reference)}";
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.External;

/// <summary>Reads external metrics in the background, each at its own pace, so that a slow source never delays a look.</summary>
public sealed class ExternalMeter(ImmutableArray<Gate> gates, ExternalSources sources, TimeProvider clock) : IAsyncDisposable
{
    private readonly ImmutableArray<Gate> gates = [.. gates.Where(ExternalMetric.IsExternal)];
    private readonly ConcurrentQueue<Measurement> read = new();
    private CancellationTokenSource reading = new();
    private Task loops = Task.CompletedTask;

    /// <summary>Reads each metric once; the ones that gave no number.</summary>
    public async Task<IReadOnlyList<MissingMeasurement>> CheckAsync(CancellationToken cancel)
    {
        var measurements = await Task.WhenAll(gates.Select(gate => ExternalMetric.ReadAsync(gate, sources, cancel)));
        return [.. measurements.OfType<MissingMeasurement>()];
    }

    /// <summary>Starts reading afresh; what was read before is dropped.</summary>
    public void Begin()
    {
        reading.Cancel();
        reading.Dispose();
        reading = new CancellationTokenSource();
        read.Clear();
        loops = Task.WhenAll(gates.Select(gate => ReadOnAsync(gate, reading.Token)));
    }

    /// <summary>What was read since the last call: the newest of each metric.</summary>
    public IReadOnlyCollection<Measurement> Take()
    {
        var newest = new Dictionary<string, Measurement>(StringComparer.Ordinal);
        while (read.TryDequeue(out var measurement))
        {
            newest[measurement.Gate] = measurement;
        }

        return newest.Values;
    }

    public async ValueTask DisposeAsync()
    {
        await reading.CancelAsync();
        await loops;
        reading.Dispose();
    }

    private async Task ReadOnAsync(Gate gate, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                read.Enqueue(await ExternalMetric.ReadAsync(gate, sources, cancel));
                await Task.Delay(gate.Every, clock, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The step or the rollout is over.
        }
    }
}

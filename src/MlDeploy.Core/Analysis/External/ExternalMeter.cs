using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.External;

/// <summary>Reads external metrics in the background, each at its own pace, so that a slow source never delays a look.</summary>
public sealed class ExternalMeter(ImmutableArray<Gate> gates, ExternalSources sources, TimeProvider clock) : IAsyncDisposable
{
    private readonly ImmutableArray<Gate> gates = [.. gates.Where(ExternalMetric.IsExternal)];
    private readonly List<Reading> ending = [];
    private Reading? reading;

    /// <summary>Reads each metric once; the ones that gave no number.</summary>
    public async Task<IReadOnlyList<MissingMeasurement>> CheckAsync(CancellationToken cancel)
    {
        var measurements = await Task.WhenAll(gates.Select(gate => ExternalMetric.ReadAsync(gate, sources, cancel))).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return [.. measurements.OfType<MissingMeasurement>()];
    }

    /// <summary>Starts reading afresh; what was read before, or is being read, is dropped.</summary>
    public void Begin()
    {
        End();
        reading = new Reading(gates, sources, clock);
    }

    /// <summary>What was read since the last call: the newest of each metric.</summary>
    public IReadOnlyCollection<Measurement> Take() => reading is null ? [] : reading.Take();

    public async ValueTask DisposeAsync()
    {
        End();
        foreach (var ended in ending)
        {
            await ended.DisposeAsync();
        }

        ending.Clear();
    }

    private void End()
    {
        if (reading is { } last)
        {
            last.Stop();
            ending.Add(last);
            reading = null;
        }
    }

    /// <summary>The reading of one step. It has a queue of its own, so that an answer that comes late never counts in the next step.</summary>
    private sealed class Reading : IAsyncDisposable
    {
        private readonly ConcurrentQueue<Measurement> read = new();
        private readonly CancellationTokenSource stop = new();
        private readonly Task loops;

        public Reading(ImmutableArray<Gate> gates, ExternalSources sources, TimeProvider clock) =>
            loops = Task.WhenAll(gates.Select(gate => ReadOnAsync(gate, sources, clock, stop.Token)));

        public void Stop() => stop.Cancel();

        public Dictionary<string, Measurement>.ValueCollection Take()
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
            await loops;
            stop.Dispose();
        }

        private async Task ReadOnAsync(Gate gate, ExternalSources sources, TimeProvider clock, CancellationToken cancel)
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
}

using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>
/// Beats every ten seconds for as long as this process lives, apart from judging, so that a slow look is no missing beat. A beat that
/// fails is followed by the next: the alarm survives a minute without.
/// </summary>
public sealed class HeartbeatLoop(CloudWatchClient cloudWatch, HeartbeatName name, TimeProvider clock) : IAsyncDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>A beat that takes longer is given up for the next.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource ending = new();
    private Task beating = Task.CompletedTask;
    private Task renewing = Task.CompletedTask;
    private long lastBeat;
    private bool disposed;

    /// <summary>Since CloudWatch took the last beat.</summary>
    public TimeSpan SinceLastBeat => clock.GetElapsedTime(Interlocked.Read(ref lastBeat));

    /// <summary>Why the last beat failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>What is to be done about once a minute while this process lives. No beat waits for it; failures are its own matter.</summary>
    public Func<CancellationToken, Task>? Renew { get; set; }

    /// <summary>The first beat is sent before this returns, and must succeed.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        await BeatAsync(stop);
        Interlocked.Exchange(ref lastBeat, clock.GetTimestamp());
        beating = Task.Run(() => BeatOnAsync(ending.Token), CancellationToken.None);
    }

    /// <summary>Safe to repeat.</summary>
    public async Task StopAsync()
    {
        await ending.CancelAsync();
        await beating;
        try
        {
            await renewing;
        }
        catch (OperationCanceledException)
        {
            // As asked for.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await StopAsync();
        ending.Dispose();
    }

    private async Task BeatOnAsync(CancellationToken stop)
    {
        const int BeatsAMinute = 6;
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            for (var beat = 1; await timer.WaitForNextTickAsync(stop); beat++)
            {
                using var late = new CancellationTokenSource(Patience, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
                try
                {
                    await BeatAsync(either.Token);
                    Interlocked.Exchange(ref lastBeat, clock.GetTimestamp());
                    Trouble = null;
                }
                catch (AwsServiceException failure)
                {
                    Trouble = failure.Message;
                }
                catch (OperationCanceledException slow) when (!stop.IsCancellationRequested)
                {
                    Trouble = slow.InnerException?.Message ?? $"no answer within {Patience.TotalSeconds:0} s";
                }

                if (beat % BeatsAMinute == 0 && Renew is { } renew && renewing.IsCompleted)
                {
                    renewing = renew(stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The deployment is over.
        }
    }

    // Without a time of ours: a machine whose clock is wrong beats all the same.
    private Task BeatAsync(CancellationToken stop) => cloudWatch.PutMetricDataAsync(
        new PutMetricDataRequest
        {
            Namespace = HeartbeatName.Namespace,
            MetricData = [new MetricDatum { MetricName = HeartbeatName.Metric, Dimensions = name.Dimensions, Value = 1, Unit = "Count", StorageResolution = 1 }],
        },
        stop);
}

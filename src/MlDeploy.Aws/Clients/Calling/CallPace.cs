namespace MlDeploy.Aws.Clients.Calling;

/// <summary>A token bucket an action: tells each call how long to wait so that our own calls are not throttled.</summary>
internal sealed class CallPace(PaceOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> buckets = [];

    public async Task WaitAsync(string action, CancellationToken stop)
    {
        var wait = Reserve(action);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, stop);
        }
    }

    // Tokens below zero are calls that wait already: each later one waits behind them.
    internal TimeSpan Reserve(string action)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var tokens = buckets.TryGetValue(action, out var bucket)
                ? Math.Min(options.Burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * options.PerSecond))
                : options.Burst;
            buckets[action] = new Bucket(tokens - 1, now);
            return tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / options.PerSecond);
        }
    }

    private readonly record struct Bucket(double Tokens, long At);
}

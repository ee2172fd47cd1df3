namespace MlDeploy.Local.Dashboard;

/// <summary>One computation for all who ask at about the same time: whoever comes while it runs, or within a moment after, gets the same.</summary>
/// <param name="keep">How long a result is good for.</param>
internal sealed class SharedReading<T>(TimeProvider clock, TimeSpan keep, Func<T> compute)
{
    private readonly Lock gate = new();
    private Task<Result>? newest;

    public async Task<T> ReadAsync(CancellationToken cancel)
    {
        Task<Result> reading;
        lock (gate)
        {
            if (newest is null or { IsFaulted: true } || (newest is { IsCompletedSuccessfully: true, Result: var last } && clock.GetElapsedTime(last.At) >= keep))
            {
                // Not on the caller's thread, and not cancelled with the caller: others wait for it too.
                newest = Task.Run(() => new Result(compute(), clock.GetTimestamp()), CancellationToken.None);
            }

            reading = newest;
        }

        return (await reading.WaitAsync(cancel)).Value;
    }

    private sealed record Result(T Value, long At);
}

using MlDeploy.Local.Dashboard;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Dashboard;

public sealed class SharedReadingSpecs
{
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Who_asks_at_the_same_time_gets_the_same_and_it_is_computed_once()
    {
        using var go = new SemaphoreSlim(0);
        var computed = 0;
        var reading = new SharedReading<int>(clock, TimeSpan.FromSeconds(1), () =>
        {
            go.Wait();
            return Interlocked.Increment(ref computed);
        });
        var viewers = Enumerable.Range(0, 50).Select(_ => reading.ReadAsync(TestContext.Current.CancellationToken)).ToArray();
        go.Release();

        Assert.All(await Task.WhenAll(viewers), seen => Assert.Equal(1, seen));
        Assert.Equal(1, await reading.ReadAsync(TestContext.Current.CancellationToken));

        clock.Advance(TimeSpan.FromSeconds(1));
        go.Release();
        Assert.Equal(2, await reading.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        var tries = 0;
        var reading = new SharedReading<int>(clock, TimeSpan.FromSeconds(1), () => ++tries == 1 ? throw new IOException("disk") : tries);

        await Assert.ThrowsAsync<IOException>(() => reading.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, await reading.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_leaves_takes_nothing_from_the_others()
    {
        using var go = new SemaphoreSlim(0);
        using var leaves = new CancellationTokenSource();
        var reading = new SharedReading<int>(clock, TimeSpan.FromSeconds(1), () =>
        {
            go.Wait();
            return 1;
        });
        var leaving = reading.ReadAsync(leaves.Token);
        var staying = reading.ReadAsync(TestContext.Current.CancellationToken);

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        go.Release();
        Assert.Equal(1, await staying);
    }
}

using MlDeploy.Local.Supervision;

namespace MlDeploy.Specs.Local;

public sealed class RestartBackoffTests
{
    [Fact]
    public void The_first_restart_is_at_once_and_the_next_ever_later_up_to_half_a_minute()
    {
        var backoff = new RestartBackoff(new Random(1));
        var waits = Enumerable.Range(0, 40).Select(_ => backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds).ToArray();
        Assert.Equal(0, waits[0]);
        foreach (var (wait, full) in waits.Skip(1).Zip([1, 2, 4, 8, 16, 30, 30, 30]))
            Assert.InRange(wait, 0.8 * full, full);
        Assert.InRange(waits[^1], 24, 30);
        Assert.True(waits.Skip(7).Distinct().Count() > 10);
    }

    [Fact]
    public void After_a_stable_run_it_is_the_first_time_again()
    {
        var backoff = new RestartBackoff(new Random(1));
        for (var i = 0; i < 5; i++)
            backoff.Next(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, backoff.Next(RestartBackoff.StableAfter));
        Assert.NotEqual(TimeSpan.Zero, backoff.Next(TimeSpan.FromSeconds(1)));
    }
}

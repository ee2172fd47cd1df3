using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>Somebody sets the machine's clock while a version is judged.</summary>
public sealed class ClockSpecs : AcceptanceTest
{
    [Fact]
    public async Task A_clock_that_is_set_neither_ends_a_rollout_nor_hides_a_bad_version()
    {
        var clock = await SetClock.InAsync(State);
        using var host = State.Start("host", "run"); // One started on demand takes over no LD_PRELOAD.
        await Until.TrueAsync(async () => (await State.HostAsync()).TryGetProperty("host", out _), "the host runs");
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);
        using var good = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.ShortCanary });
        await good.SaysAsync("step 1 of 2");
        var before = JournalTimes(2)[^1];

        clock.Set(TimeSpan.FromHours(3));

        (await good.ResultAsync()).ExitsWith(0).Says("is promoted");
        (await State.StatusAsync()).ServesOnly("v2");
        Assert.InRange(JournalTimes(2)[^1] - before, TimeSpan.FromHours(3), TimeSpan.FromHours(3.1));

        using var bad = State.StartDeploy(Given.Of("v3", "--error-rate", "0.5") with { Rollout = Rollouts.LongCanary });
        await bad.SaysAsync("step 1 of 1");
        clock.Set(TimeSpan.FromHours(-3));
        (await bad.ResultAsync()).ExitsWith(4).Says("gate http.errors failed").Says("is verified serving 100 %");
        (await State.StatusAsync()).ServesOnly("v2");
        var times = JournalTimes(3);
        Assert.Equal(times.Order(), times);
        (await traffic.EndAsync()).LostNothing();
    }

    private ImmutableArray<DateTimeOffset> JournalTimes(int deployment) =>
        [.. File.ReadLines(Path.Combine(State.Application.Deployment(deployment), "journal.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("at").GetDateTimeOffset())];
}

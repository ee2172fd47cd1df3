using System.Globalization;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

[Collection(Alone.Name)]
public sealed class LoadSpecs : AcceptanceTest
{
    [Fact]
    public Task Nothing_is_lost_while_weights_change_and_versions_come_and_go() => LoadAsync(requestsPerSecond: 500, weights: 6, rounds: 1);

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task Nothing_is_lost_at_2000_requests_a_second_and_50_changes_of_weight() => LoadAsync(requestsPerSecond: 2000, weights: 25, rounds: 2);

    /// <summary>Each round: a canary through all weights, its rollback, a canary that is aborted half way, and two promotions at once.</summary>
    private async Task LoadAsync(int requestsPerSecond, int weights, int rounds)
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State, requestsPerSecond);
        for (var round = 0; round < rounds; round++)
        {
            (await State.DeployAsync(Given.Of($"canary{round}") with { Rollout = Steps(weights, "1s") })).ExitsWith(0);
            (await State.RunAsync("rollback")).ExitsWith(0);

            using var aborted = State.StartDeploy(Given.Of($"aborted{round}") with { Rollout = Steps(2, "30s") });
            await aborted.SaysAsync("step 1 of 2");
            (await State.RunAsync("abort")).ExitsWith(0);
            (await aborted.ResultAsync()).ExitsWith(6);

            (await State.DeployAsync(Given.Of($"first{round}") with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
            (await State.DeployAsync(Given.Of($"second{round}") with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
        }

        await traffic.OkAsync(100);
        var account = await traffic.EndAsync();
        Measurements.Record($"{requestsPerSecond} requests a second, {rounds * weights} changes of weight", account.ToString());
        account.LostNothing();
        Assert.Equal(0, account.FailedByApplication);
        Assert.True(account.Of("aborted0") > 0, account.ToString());
    }

    private static string Steps(int weights, string time)
    {
        var steps = Enumerable.Range(1, weights).Select(step => string.Create(CultureInfo.InvariantCulture, $"{{ weight: {step * 96 / weights}%, for: {time} }}"));
        return $"strategy: canary\nsteps: [ {string.Join(", ", steps)} ]\nwarmup: 0s\nminimumRequests: 1\npatience: 60s\ngates: [ {{ metric: http.errors, max: 50% }} ]";
    }
}

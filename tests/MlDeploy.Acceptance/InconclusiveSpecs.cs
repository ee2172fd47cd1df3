using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class InconclusiveSpecs : AcceptanceTest
{
    [Fact]
    public async Task Too_little_evidence_rolls_back()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State, rate: 20);

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.Starved("rollback") });

        deploy.ExitsWith(6).Says("inconclusive").Says("v1");
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task Too_little_evidence_pauses_when_told_so_and_a_promote_ends_the_pause()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State, rate: 20);

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.Starved("pause") });

        deploy.ExitsWith(6).Says("is paused at 30 %");
        var paused = await State.StatusAsync();
        Assert.Equal("paused", paused.Phase);
        Assert.Equal(0.3, paused.Candidate!.Weight);
        (await State.RunAsync("promote")).ExitsWith(0).Says("is promoted");
        (await State.StatusAsync()).ServesOnly("v2");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task Enough_requests_without_a_conclusion_promote_when_told_so()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);
        var rollout = Rollouts.Starved("promote").Replace("1000000", "20", StringComparison.Ordinal)
            .Judging("{ metric: http.errors, max: 10% }", "{ metric: memory.growth, max: 500MiB/min }");

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = rollout });

        deploy.ExitsWith(0).Says("gate memory.growth is inconclusive").Says("unjudged");
        (await State.StatusAsync()).ServesOnly("v2");
    }

    [Fact]
    public async Task Too_few_requests_never_promote()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State, rate: 20);

        (await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.Starved("promote") })).ExitsWith(6);

        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task No_traffic_at_all_never_promotes()
    {
        await StableServesAsync();

        (await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.Starved("promote") })).ExitsWith(6).Says("0 requests at the candidate");

        (await State.StatusAsync()).ServesOnly("v1");
    }
}

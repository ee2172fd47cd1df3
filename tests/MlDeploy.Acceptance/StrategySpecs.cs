using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class StrategySpecs : AcceptanceTest
{
    [Fact]
    public async Task The_first_deployment_promotes_on_health_and_says_what_it_could_not_judge()
    {
        var deploy = await State.DeployAsync(Given);

        deploy.ExitsWith(0).Says("unjudged: first deployment").Says("the first version of");
        (await State.StatusAsync()).ServesOnly("v1");
        Assert.Equal("v1", await State.AnswersAsync());
    }

    [Fact]
    public async Task A_first_deployment_that_fails_leaves_nothing_serving()
    {
        var deploy = await State.DeployAsync(Given.Of("v1", "--exit-at-start", "3"));

        deploy.ExitsWith(7).Says("never became healthy").Says("there was no stable version to go back to");
        Assert.Empty((await State.StatusAsync()).Versions);
        Assert.Empty(Processes.OfInstances(State.Name));
    }

    [Fact]
    public async Task Blue_green_is_promoted_after_its_bake()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.BlueGreen });

        deploy.ExitsWith(0).Says("bake: 100 %");
        (await State.StatusAsync()).ServesOnly("v2");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task Blue_green_goes_back_to_the_warm_version_when_the_bake_shows_errors()
    {
        await StableServesAsync();
        var before = await State.StatusAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2", "--error-rate", "0.5") with { Rollout = Rollouts.BlueGreen.Replace("4s", "60s", StringComparison.Ordinal) });

        deploy.ExitsWith(4).Says("gate http.errors failed");
        var after = await State.StatusAsync();
        after.ServesOnly("v1");
        Assert.Equal(before.Stable!.ProcessId, after.Stable!.ProcessId);
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task All_at_once_switches_when_the_candidate_is_healthy()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        (await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);

        (await State.StatusAsync()).ServesOnly("v2");
        (await traffic.EndAsync()).LostNothing();
    }
}

using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class SteeringSpecs : AcceptanceTest
{
    private const string ThreeLongSteps = $$"""
        strategy: canary
        steps: [ { weight: 20%, for: 50s }, { weight: 50%, for: 50s } ]
        {{Rollouts.Gates}}
        """;

    [Fact]
    public async Task Promote_ends_a_step_and_promote_full_ends_them_all()
    {
        await StableServesAsync();
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = ThreeLongSteps });
        await deploy.SaysAsync("step 1 of 2: 20 %");

        using var promote = State.Start("promote");
        await promote.SaysAsync("step 2 of 2: 50 %");
        Assert.Equal(0.5, (await State.StatusAsync()).Candidate!.Weight);
        (await State.RunAsync("promote", "--full")).ExitsWith(0).Says("is promoted");

        (await deploy.ResultAsync()).ExitsWith(0).Says("promoted by");
        (await promote.ResultAsync()).ExitsWith(0);
        (await State.StatusAsync()).ServesOnly("v2");
    }

    [Fact]
    public async Task Promote_without_a_deployment_is_a_mistake()
    {
        await StableServesAsync();

        (await State.RunAsync("promote")).ExitsWith(3).Says("no deployment of").ExplainsItself();
    }

    [Fact]
    public async Task Abort_brings_stable_back_and_without_a_deployment_does_nothing()
    {
        await StableServesAsync();
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");

        (await State.RunAsync("abort")).ExitsWith(0).Says("aborted by");

        (await deploy.ResultAsync()).ExitsWith(6).Says("is verified serving 100 %");
        (await State.StatusAsync()).ServesOnly("v1");
        (await State.RunAsync("abort")).ExitsWith(0).Says("nothing to do");
    }

    [Fact]
    public async Task Rollback_goes_to_the_version_before_or_to_the_one_that_is_named()
    {
        await StableServesAsync();
        foreach (var version in new[] { "v2", "v3" })
        {
            (await State.DeployAsync(Given.Of(version) with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
        }

        await using var traffic = TrafficLoad.Start(State);

        (await State.RunAsync("rollback")).ExitsWith(0);
        (await State.StatusAsync()).ServesOnly("v2");
        (await State.RunAsync("rollback", "--to", "v1")).ExitsWith(0);
        (await State.StatusAsync()).ServesOnly("v1");
        (await State.RunAsync("rollback", "--to", "v9")).ExitsWith(3).Says("there is no version v9").ExplainsItself();
        (await State.RunAsync("rollback", "--to", "v1")).ExitsWith(3).Says("serves already");

        (await State.StatusAsync()).ServesOnly("v1");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task There_is_nothing_to_roll_back_to_after_a_first_deployment()
    {
        await StableServesAsync();

        (await State.RunAsync("rollback")).ExitsWith(3).Says("no version served before").ExplainsItself();
    }

    [Fact]
    public async Task The_same_version_again_is_nothing_to_do_and_the_same_label_with_other_content_is_said()
    {
        await StableServesAsync();
        var before = await State.StatusAsync();

        (await State.RunAsync("deploy")).ExitsWith(0).Says("nothing to do");
        Assert.Equal(before.Stable, (await State.StatusAsync()).Stable);

        await File.WriteAllTextAsync(Path.Combine(State.Sources, "model.txt"), "other content");
        (await State.RunAsync("deploy")).ExitsWith(0).Says("v1").Says("other content");
        var after = await State.StatusAsync();
        after.ServesOnly("v1");
        Assert.NotEqual(before.Stable!.Id, after.Stable!.Id);
    }
}

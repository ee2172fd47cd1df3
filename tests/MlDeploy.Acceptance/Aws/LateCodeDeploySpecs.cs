using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>The same deployments where CodeDeploy does everything some seconds later than it tells, and tells no more than its model requires.</summary>
[Collection(OnTheLateTwin.Name)]
public sealed class LateCodeDeploySpecs(LateAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_good_version_is_promoted_and_a_bad_one_rolled_back_all_the_same()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);

        service.Write("v2");
        using (var good = service.BeginDeploy())
        {
            await service.WeightsBecomeAsync("60/40", good);
            (await good.ResultAsync()).ExitsWith(0).Says("promoted");
        }

        Assert.Equal("0/100", await service.WeightsAsync());
        service.Write("v3", "TESTAPP_ERROR_RATE: '0.5'");
        (await service.DeployAsync()).ExitsWith(4).Says("rolling back gate http.errors failed").Says("CodeDeploy rolls back with deployment");

        Assert.Equal("0/100", await service.WeightsAsync());
        Assert.Equal("v2", await service.ServesAsync());
        Assert.Equal(["Succeeded", "Stopped", "Succeeded"], await service.DeploymentsAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Assert.True(await service.ScalesAsync());
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Linear_steps_are_judged_before_each_shift()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", rollout: Rollout.Linear);
        using var deploying = service.BeginDeploy();

        foreach (var weights in (string[])["75/25", "50/50", "25/75", "0/100"])
        {
            await service.WeightsBecomeAsync(weights, deploying);
        }

        (await deploying.ResultAsync()).ExitsWith(0).Says("promoted");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Without_its_runner_traffic_comes_back_and_the_next_run_deploys_afresh()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", "TESTAPP_ERROR_RATE: '0.5'");
        using (var bad = service.BeginDeploy())
        {
            await service.WeightsBecomeAsync("60/40", bad);
            bad.Kill();
        }

        await Until.TrueAsync(async () => await service.ShareAsync() == "100/0" && (await service.DeploymentsAsync()).All(status => status is "Succeeded" or "Stopped"), "the deployment is undone");
        service.Write("v3");
        (await service.DeployAsync()).ExitsWith(0).Says("promoted");

        Assert.Equal("v3", await service.ServesAsync());
        (await traffic.EndAsync()).LostNothing();
    }
}

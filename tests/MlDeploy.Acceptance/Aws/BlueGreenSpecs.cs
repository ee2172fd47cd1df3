using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

[Collection(OnTheUnhurriedTwin.Name)]
public sealed class BlueGreenSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_version_that_fails_with_all_traffic_is_rolled_back_during_the_bake_to_tasks_that_are_still_warm()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        var before = await service.TasksAsync();
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", "TESTAPP_ERROR_RATE: '0.5'", Rollout.BlueGreen);
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("0/100", deploying);

        (await deploying.ResultAsync()).ExitsWith(4).Says("baking       bake: 100 %").Says("rolling back gate http.errors failed");

        Assert.Equal("100/0", await service.WeightsAsync());
        Assert.Equal("v1", await service.ServesAsync());
        Assert.Equal(before, await service.TasksAsync());
        var account = await traffic.EndAsync();
        account.LostNothing();
        Measurements.Record("aws, customers of a blue-green rolled back in its bake", $"{account}");
    }
}

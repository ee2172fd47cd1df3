using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>The thesis's system tests of deployments on aws: canary (ST3) and blue-green (ST4), as customers and the official command line see them.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class DeploymentSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    [Fact]
    public async Task ST3_a_good_version_is_promoted_by_canary_and_one_with_errors_is_rolled_back_and_everybody_tells_the_same()
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
        Assert.Equal(["Succeeded"], await service.DeploymentsAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Assert.True(await service.ScalesAsync());
        var beforeBad = traffic.Now;

        service.Write("v3", "TESTAPP_ERROR_RATE: '0.5'");
        var bad = (await service.DeployAsync()).ExitsWith(4).Says("http.errors").ExplainsItself();

        Assert.Equal("0/100", await service.WeightsAsync());
        Assert.Equal("v2", await service.ServesAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Assert.True(await service.ScalesAsync());
        var history = (await service.User.RunAsync("history -t aws -o json")).ExitsWith(0).Json.GetProperty("deployments");
        Assert.Equal(["rolled back", "promoted"], history.EnumerateArray().Select(entry => entry.GetProperty("outcome").GetString()));
        using var other = service.OnAnotherMachine();
        var report = (await other.RunAsync("report -t aws -o json")).ExitsWith(0).Json;
        Assert.Contains("http.errors", history[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(report.GetProperty("reason").GetString(), history[0].GetProperty("reason").GetString());
        var account = await traffic.EndAsync();
        account.LostNothing();
        Measurements.Record("aws, customers of a canary promoted and one rolled back", $"{account}");
        Assert.True(account.Of("v2") > 0 && account.Of("v3") > 0 && beforeBad.FailedByApplication == 0, $"{account}\n{bad}");
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task ST4_a_new_version_replaces_the_old_one_by_blue_green()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);

        service.Write("v2", rollout: Rollout.BlueGreen);
        (await service.DeployAsync()).ExitsWith(0).Says("promoted");

        Assert.Equal("0/100", await service.WeightsAsync());
        Assert.Equal("v2", await service.ServesAsync());
        Assert.Equal(["Succeeded"], await service.DeploymentsAsync());
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_killed_runner_leaves_a_bad_canary_to_be_undone_without_it()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", "TESTAPP_ERROR_RATE: '0.5'");
        using var bad = service.BeginDeploy();
        await service.WeightsBecomeAsync("60/40", bad);
        Assert.NotEmpty(await service.HeartbeatAlarmsAsync());

        bad.Kill();

        await Until.TrueAsync(async () => await service.WeightsAsync() == "100/0", "traffic is back on stable without any mldeploy process");
        await Until.TrueAsync(() => service.ScalesAsync(), "autoscaling is active again");
        Assert.Equal("v1", await service.ServesAsync());
    }
}

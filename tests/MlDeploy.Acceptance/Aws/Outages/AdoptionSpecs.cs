using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Outages;

/// <summary>The account for reruns: a killed runner has to be taken over within the minute and a half that its alarm leaves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnTheSlowTwin : ICollectionFixture<SlowAccount>
{
    public const string Name = "aws reruns";
}

/// <summary>A twin in whose half minute a command can start.</summary>
public sealed class SlowAccount : TwinAccount
{
    public SlowAccount()
        : base(speed: 10, resourceSeconds: new Dictionary<string, double>(StringComparer.Ordinal) { ["*"] = 1 })
    {
    }
}

[Collection(OnTheSlowTwin.Name)]
public sealed class AdoptionSpecs(SlowAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    /// <summary>From when a runner is taken to be gone.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(42);

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_rerun_before_the_alarm_adopts_the_deployment_and_promotes_it_and_one_after_it_deploys_afresh()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2");
        await KillAsync(service, "60/40");
        var stale = Account.Twin.Clock.GetUtcNow() + Stale;
        await Until.TrueAsync(() => Account.Twin.Clock.GetUtcNow() >= stale, "two beats are missing");

        (await service.DeployAsync()).ExitsWith(0).Says("adopted deployment").Says("promoted");

        Assert.Equal(["Succeeded"], await service.DeploymentsAsync());
        await NothingIsLeftAsync(service, "0/100", "v2");

        service.Write("v3");
        await KillAsync(service, "40/60");
        await Until.TrueAsync(() => service.WeightsInForce() == "0/100", "the heartbeat alarm rolls back");

        (await service.DeployAsync()).ExitsWith(0).Says("promoted");

        Assert.Equal(["Succeeded", "Succeeded", "Stopped", "Succeeded"], await service.DeploymentsAsync());
        await NothingIsLeftAsync(service, "100/0", "v3");
        (await traffic.EndAsync()).LostNothing();
    }

    private static async Task KillAsync(ScoringService service, string weights)
    {
        using var first = service.BeginDeploy();
        await Until.TrueAsync(() => service.WeightsInForce() == weights, () => $"the weights are {weights}, which are {service.WeightsInForce()}:\n{first.Errors}");
        first.Kill();
        await first.ResultAsync();
    }

    private static async Task NothingIsLeftAsync(ScoringService service, string weights, string version)
    {
        Assert.Equal(weights, await service.WeightsAsync());
        Assert.Equal(version, await service.ServesAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Assert.True(await service.ScalesAsync());
    }
}

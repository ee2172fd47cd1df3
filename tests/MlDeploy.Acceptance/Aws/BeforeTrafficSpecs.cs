using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>Versions that end before any customer meets them, and one that may not begin.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class BeforeTrafficSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    private const string NoSuchAnswer = "tests: [ { name: contract, http: { method: POST, path: /predict, body: { value: 1 }, expect: { status: 200, json: { $.version: { equals: v9 } } } } } ]";

    [Theory(Explicit = true)]
    [Trait("run", "soak")]
    [InlineData("TESTAPP_EXIT_AT_START: '3'", "Essential container in task exited", "fatal: told to exit with 3")]
    [InlineData("TESTAPP_UNHEALTHY_FOR: '3600000'", "failed ELB health checks", "version v2 starts")]
    public async Task A_candidate_that_never_gets_healthy_is_given_up_with_its_stop_reason_and_its_last_words(string behaviour, string reason, string lastWords)
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", behaviour);

        var failed = (await service.DeployAsync()).ExitsWith(7).Says(reason).Says(lastWords).ExplainsItself();

        TestContext.Current.TestOutputHelper?.WriteLine(failed.ToString());
        await OnlyStableServedAsync(service, traffic);
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_failing_test_rolls_back_before_any_production_request_reaches_the_candidate()
    {
        using var service = await ScoringService.ProvisionedAsync(Account, target: ScoringService.AllowsTests);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", rollout: Rollout.Canary.Replace("warmup", $"{NoSuchAnswer}, warmup", StringComparison.Ordinal));

        var failed = (await service.DeployAsync()).ExitsWith(4).Says("contract").ExplainsItself();

        TestContext.Current.TestOutputHelper?.WriteLine(failed.ToString());
        await OnlyStableServedAsync(service, traffic);
    }

    /// <summary>Half of the requests fail already: CodeDeploy would end whatever begins under that alarm.</summary>
    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Under_an_alarm_that_fires_nothing_begins_and_the_alarm_is_named()
    {
        using var service = await ScoringService.ProvisionedAsync(Account, behaviour: "TESTAPP_ERROR_RATE: '0.5'");
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        await Until.TrueAsync(async () => (await service.FiringAsync()).Contains($"{service.Name}-errors"), "the application's alarm fires");
        service.Write("v2");

        var refused = (await service.DeployAsync()).ExitsWith(7).Says($"the alarm {service.Name}-errors fires").ExplainsItself();

        TestContext.Current.TestOutputHelper?.WriteLine(refused.ToString());
        Assert.Empty(await service.DeploymentsAsync());
        await OnlyStableServedAsync(service, traffic);
    }

    private static async Task OnlyStableServedAsync(ScoringService service, TrafficLoad traffic)
    {
        Assert.Equal("100/0", await service.ShareAsync());
        Assert.Equal("v1", await service.ServesAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Assert.True(await service.ScalesAsync());
        var account = await traffic.EndAsync();
        account.LostNothing();
        Assert.True(account.ByVersion.Keys.SequenceEqual(["v1"]), $"{account}");
    }
}

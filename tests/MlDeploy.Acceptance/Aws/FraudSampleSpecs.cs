using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>The sample that newcomers deploy, on aws: the better version is promoted, the broken ones come back by themselves, and no customer is lost.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class FraudSampleSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 120;

    /// <summary>A process that has just started is slower: at this pace its first real second is most of a minute.</summary>
    private const string Gates =
        "warmup: 60s, minimumRequests: 20, gates: [ { metric: http.errors, max: 5%, maxIncrease: 0.5% }, { metric: latency.p90, max: 100ms, maxRatio: 4 }, { metric: restarts, max: 0 } ]";

    private const string Canary = $"{{ strategy: canary, steps: [ {{ weight: 40%, for: 8m }} ], bake: 3m, {Gates}, tests: {Tests} }}";

    private const string Linear = $"{{ strategy: linear, steps: [ {{ weight: 25%, for: 6m }}, {{ weight: 50%, for: 6m }}, {{ weight: 75%, for: 6m }} ], bake: 3m, {Gates}, tests: {Tests} }}";

    /// <summary>The sample's own.</summary>
    private const string Tests = """
        [ { name: suspicious, http: { method: POST, path: /predict,
            body: { order_value: 149.0, time_to_order: 11, items: 1, hour: 3, returning_customer: false, country: US, payment_kind: card, discount: 0.4, email_domain_age_days: 9, shipping_differs: true },
            expect: { status: 200, json: { $.probability: { min: 0.5 } } } } } ]
        """;

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task V2_is_promoted_by_canary_in_the_weights_that_were_asked_for()
    {
        using var service = await ScoringService.OfTheSampleAsync(Account);
        await using var customers = Customers(service);
        service.WriteSample("v2", Canary);
        using var deploying = service.BeginDeploy();

        foreach (var weights in (string[])["60/40", "0/100"])
        {
            await service.WeightsBecomeAsync(weights, deploying);
        }

        (await deploying.ResultAsync()).ExitsWith(0).Says("promoted");
        Assert.Equal("none model-v2.json", await RunsAsync(service));
        await NobodyWasLostAsync(customers, "v2 promoted by canary");
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task V2_is_promoted_by_linear_in_the_weights_that_were_asked_for()
    {
        using var service = await ScoringService.OfTheSampleAsync(Account);
        await using var customers = Customers(service);
        service.WriteSample("v2", Linear);
        using var deploying = service.BeginDeploy();

        foreach (var weights in (string[])["75/25", "50/50", "25/75", "0/100"])
        {
            await service.WeightsBecomeAsync(weights, deploying);
        }

        (await deploying.ResultAsync()).ExitsWith(0).Says("promoted");
        Assert.Equal("none model-v2.json", await RunsAsync(service));
        await NobodyWasLostAsync(customers, "v2 promoted by linear");
    }

    [Theory(Explicit = true)]
    [Trait("run", "soak")]
    [InlineData("v3", "http.errors")]
    [InlineData("v4", "latency.p90")]
    public async Task A_broken_version_is_rolled_back_by_the_gate_that_sees_it(string version, string gate)
    {
        using var service = await ScoringService.OfTheSampleAsync(Account);
        await using var customers = Customers(service);
        service.WriteSample(version, Canary);
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("60/40", deploying);

        var failed = (await deploying.ResultAsync()).ExitsWith(4).Says($"rolling back gate {gate} failed");

        Assert.Equal("100/0", await service.WeightsAsync());
        Assert.Equal(["Succeeded", "Stopped"], await service.DeploymentsAsync());
        Assert.Equal("none model-v1.json", await RunsAsync(service));
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Measurements.Record($"aws, {version} of the sample", failed.Output.Split('\n')[0]);
        await NobodyWasLostAsync(customers, $"{version} rolled back by {gate}");
    }

    private TrafficLoad Customers(ScoringService service) => TrafficLoad.Start(service.Url, Rate, Account.Sample.Order);

    /// <summary>FAULT and MODEL of what is primary.</summary>
    private static async Task<string> RunsAsync(ScoringService service)
    {
        var environment = (await service.PrimaryAsync())["containerDefinitions"]![0]!["environment"]!.AsArray();
        string Of(string name) => environment.Single(variable => variable!["name"]!.ToString() == name)!["value"]!.ToString();
        return $"{Of("FAULT")} {Of("MODEL")}";
    }

    private static async Task NobodyWasLostAsync(TrafficLoad customers, string what)
    {
        var account = await customers.EndAsync();
        account.LostNothing();
        Measurements.Record($"aws, the sample's customers while {what}", $"{account}");
    }
}

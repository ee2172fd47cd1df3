using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>The model is judged on aws as on this machine: by what the sample's tasks write to their log.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class ModelSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_good_model_is_promoted_and_v6_which_takes_milliseconds_for_seconds_is_rolled_back_by_the_drift_of_its_inputs()
    {
        using var service = await FraudScoring.ProvisionedAsync(Account);
        await using var customers = service.Customers(Rate);

        service.Write("v2");
        Account.Twin.Requests.Clear();
        var good = (await service.DeployAsync()).ExitsWith(0);
        Assert.InRange(CallPace.OfBusiestMinute("aws, calls in the busiest minute of a canary with gates on the model", Account.Twin.Requests.Entries), 10, CallPace.MostAMinute);
        var judged = good.Json.GetProperty("features");
        Assert.True(judged.GetProperty("captured").GetInt64() > 500, $"{good}");
        Assert.Equal(10, judged.GetProperty("features").GetArrayLength());

        service.Write("v6", fault: "milliseconds", profile: "profile-v6.json");
        var bad = (await service.DeployAsync()).ExitsWith(4).Says("model.inputs.drift").Says("time_to_order").ExplainsItself();
        Measurements.Record("aws, rows of v6 that model.inputs.drift needed", $"{bad.Json.GetProperty("features").GetProperty("captured")}");
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_version_that_logs_no_predictions_is_not_promoted_and_the_message_shows_the_line_to_log()
    {
        using var service = await FraudScoring.ProvisionedAsync(Account, predictions: "none");
        await using var customers = service.Customers(Rate);

        service.Write("v2", log: "");
        (await service.DeployAsync()).ExitsWith(3).Says("""{"inputs":{"age":40,"country":"DE"},"prediction":0.25}""");

        service.Write("v2", predictions: "none", gates: "{ metric: model.prediction.drift, max: 0.2 }");
        (await service.DeployAsync()).ExitsWith(3).Says("compares with what it predicts");

        service.Write("v3", predictions: "none");
        (await service.DeployAsync()).ExitsWith(6).Says("is in the log group").Says("\"prediction\":0.25");
    }
}

using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws;

/// <summary>`drift -t aws` without data: what the sample's tasks logged of late, beside the profile.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class LiveDriftSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Orders_like_the_profile_are_well_and_milliseconds_for_seconds_are_beyond_the_limit()
    {
        using var service = await FraudScoring.ProvisionedAsync(Account);
        await Account.ConfirmMailsAsync(service.User.Name);
        await using var customers = service.Customers(Rate);
        ToolResult well = null!;
        await Until.TrueAsync(async () => (well = await service.User.RunAsync("drift -t aws --since 10m -o json")).ExitCode != 3 && well.Json.GetProperty("rows").GetInt64() > 500, () => $"500 orders are in the log: {well}");
        well.ExitsWith(0);
        var reading = well.Json.GetProperty("reading");
        Assert.Equal((true, reading.GetProperty("rows").GetInt64()), (reading.GetProperty("whole").GetBoolean(), reading.GetProperty("logged").GetInt64()));

        service.Write("v6", fault: "milliseconds", profile: "profile-v6.json", gates: "{ metric: latency.p99, max: 30s }");
        (await service.DeployAsync()).ExitsWith(0);
        var bad = (await service.User.RunAsync("drift -t aws --since 10m")).ExitsWith(10);
        Assert.Contains("time_to_order", bad.Output[bad.Output.IndexOf("beyond 0.2", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("rows of v6-", bad.Output, StringComparison.Ordinal);
        Assert.Contains("logged rows were read", bad.Output, StringComparison.Ordinal);
        Measurements.Record("aws, what drift read of v6", bad.Output.Split('\n')[1]);

        (await service.User.RunAsync("drift -t aws --since 10m --version v6 --except time_to_order")).ExitsWith(0);
        var before = (await service.User.RunAsync("drift -t aws --since 2m --against 2m --max 1 -o json")).ExitsWith(0);
        Assert.True(before.Json.GetProperty("referenceReading").GetProperty("rows").GetInt64() > 0, $"{before}");
        var watched = (await service.User.RunAsync("drift -t aws --since 10m --every 1m --looks 2")).ExitsWith(10);
        Assert.Equal(1, watched.Errors.Split("drift in v6-").Length - 1);
        Assert.Single(await Account.MailsAsync(service.User.Name), mail => mail.Contains("drift in v6-", StringComparison.Ordinal) && mail.Contains("time_to_order", StringComparison.Ordinal));
        using (Account.With(new FaultSettings { Deny = ["logs:FilterLogEvents"] }))
        {
            (await service.User.RunAsync("drift -t aws --since 10m")).ExitsWith(7).Says("logs:FilterLogEvents");
        }
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Without_such_lines_the_message_shows_the_line_to_log()
    {
        using var service = await FraudScoring.ProvisionedAsync(Account, predictions: "none");
        await using var customers = service.Customers(Rate);

        (await service.User.RunAsync("drift -t aws")).ExitsWith(3).Says("no prediction of").Says("\"prediction\":0.25");
        service.Write("v1", "model-v1.json", log: "");
        (await service.User.RunAsync("drift -t aws")).ExitsWith(3).Says("has no model.log").Says("\"prediction\":0.25");
    }
}

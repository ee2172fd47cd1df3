using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws;

public sealed class RoughWeatherSpecs(TwinAccount account) : AwsTest(account)
{
    /// <summary>Everything throttled a third of the time, and failing now and then.</summary>
    private static readonly FaultSettings Rough = new() { Throttle = 0.30, ServerError = 0.05, Seed = 20261121 };

    [Fact]
    public Task A_third_of_the_calls_throttled_and_one_in_twenty_failing_provision_and_destroy_still_succeed() =>
        SucceedAsync("provision -t aws", "plan -t aws", "status -t aws", "metrics -t aws");

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task And_so_does_every_other_command() =>
        SucceedAsync("provision -t aws", "train up", "plan -t aws", "status -t aws", "metrics -t aws", "logs -t aws", "dashboard -t aws", "train status", "train notebook");

    private async Task SucceedAsync(params string[] commands)
    {
        using var user = new AwsUser(Account);
        Directory.CreateDirectory(Path.Combine(user.Sources, "orders"));
        await File.WriteAllTextAsync(Path.Combine(user.Sources, "orders", "2026.csv"), "amount,fraud\n12,0\n");
        user.Write(more: "training: { data: orders }");
        using var _ = Account.With(Rough);
        Account.Twin.Requests.Clear();

        foreach (var command in commands)
        {
            (await user.RunAsync(command)).ExitsWith(0);
        }

        await user.DestroyAsync();
        var calls = Account.Twin.Requests.Entries.Where(call => call.Caller == "client").ToList();
        var failed = calls.Count(call => call.Status >= 400);
        Measurements.Record("aws, calls that failed of those made while everything succeeded", $"{failed} of {calls.Count}");
        Assert.InRange((double)failed / calls.Count, 0.2, 0.6); // It did rain.
    }
}

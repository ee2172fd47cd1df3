using System.Text.Json;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>What a second shell, another machine and a mail reader see of deployments on aws, and how they steer them.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class WatchingSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    private const string Told = "notifications: { email: [team@example.com], on: [scaling, deployment] }";

    private const string Slow = "{ strategy: canary, steps: [ { weight: 40%, for: 20m } ], bake: 20m, warmup: 0s, minimumRequests: 20, gates: [ { metric: http.errors, max: 5%, maxIncrease: 2% } ] }";

    [Fact]
    public async Task Another_machine_sees_what_is_under_way_and_aborts_it_and_everybody_tells_the_same_reason()
    {
        using var service = await ScoringService.ProvisionedAsync(Account, Told);
        await service.ConfirmMailsAsync();
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", "TESTAPP_ERROR_RATE: '0.01'", Slow, Told);
        using var other = service.OnAnotherMachine();
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("60/40", deploying);

        JsonElement deployment = default;
        await Until.TrueAsync(
            async () => (deployment = (await other.RunAsync("status -t aws -o json")).ExitsWith(0).Json.GetProperty("deployment")).GetProperty("gates").GetArrayLength() > 0,
            () => $"its gates are shown on another machine: {deployment}");
        var status = (await other.RunAsync("status -t aws")).ExitsWith(0);
        var stable = (await other.RunAsync("logs stable -t aws --tail 5")).ExitsWith(0);
        var candidate = (await other.RunAsync("logs candidate -t aws --tail 5")).ExitsWith(0);
        var labelled = (await other.RunAsync("logs v2 -t aws --tail 5")).ExitsWith(0);
        var unknown = (await other.RunAsync("logs v7 -t aws")).ExitsWith(3);
        var early = (await other.RunAsync("promote -t aws")).ExitsWith(3);
        var second = (await other.RunAsync("deploy -t aws")).ExitsWith(8);
        var back = (await other.RunAsync("rollback -t aws --to v1")).ExitsWith(8);
        var aborted = (await other.RunAsync("abort -t aws")).ExitsWith(0);
        var ended = await deploying.ResultAsync();
        var after = (await other.RunAsync("status -t aws")).ExitsWith(0);
        var history = (await other.RunAsync("history -t aws")).ExitsWith(0);
        var entry = (await other.RunAsync("history -t aws -o json")).Json.GetProperty("deployments")[0];
        var report = (await other.RunAsync("report -t aws -o json")).ExitsWith(0).Json;
        var lines = await other.RunAsync("report -t aws " + entry.GetProperty("deployment").GetString());
        var mails = await Account.MailsAsync(service.Name);
        File.WriteAllText("/tmp/awsfeatures-tour.txt", string.Join("\n=====\n", status, stable, candidate, labelled, unknown, early, second, back, aborted, ended, after, history, entry.ToString(), report.ToString(), lines, string.Join("\n--\n", mails)));
    }
}

using System.Text.Json;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>What a second shell, another machine and whoever reads mails see of deployments on aws, and how they steer them.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class WatchingSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    private const string Told = "notifications: { email: [team@example.com], on: [scaling, deployment] }";

    private const string Gates = "warmup: 0s, minimumRequests: 20, gates: [ { metric: http.errors, max: 5%, maxIncrease: 2% } ]";

    /// <summary>Long enough to look around in.</summary>
    private const string Long = $"{{ strategy: canary, steps: [ {{ weight: 40%, for: 60m }} ], bake: 20m, {Gates} }}";

    private const string LongBake = $"{{ strategy: blue-green, bake: 60m, {Gates} }}";

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Another_machine_sees_what_is_under_way_and_aborts_it_and_everybody_tells_the_same_reason()
    {
        using var service = await ScoringService.ProvisionedAsync(Account, more: Told);
        await service.ConfirmMailsAsync();
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", rollout: Long, more: Told);
        using var other = service.OnAnotherMachine();
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("60/40", deploying);

        JsonElement deployment = default;
        await Until.TrueAsync(
            async () => (deployment = (await other.RunAsync("status -t aws -o json")).ExitsWith(0).Json.GetProperty("deployment")).GetProperty("gates").GetArrayLength() > 0,
            () => $"its gates are shown on another machine: {deployment}");
        Assert.Equal("judging", deployment.GetProperty("phase").GetString());
        Assert.Equal("canary: 40 % for 60 min", deployment.GetProperty("strategy").GetString());
        Assert.Equal(0.4, deployment.GetProperty("weight").GetDouble());
        Assert.True(deployment.GetProperty("judged").GetBoolean());
        Assert.Equal("http.errors", deployment.GetProperty("gates")[0].GetProperty("gate").GetString());
        var id = deployment.GetProperty("deployment").GetString()!;
        var candidate = deployment.GetProperty("candidate").GetString()!;

        (await other.RunAsync("status -t aws")).ExitsWith(0).Says($"deployment {id}: {candidate} in place of {service.Name}-a:1 is judging (InProgress), step 1 of 1").Says("40 % of production traffic").Says("http.errors");
        (await other.RunAsync("logs stable -t aws")).ExitsWith(0).Says("version v1 starts").SaysNot("version v2 starts");
        foreach (var named in (string[])["candidate", "v2", candidate, $"{service.Name}-b:1"])
        {
            (await other.RunAsync($"logs {named} -t aws")).ExitsWith(0).Says("version v2 starts").SaysNot("version v1 starts");
        }

        (await other.RunAsync("logs -t aws")).ExitsWith(0).Says($"{candidate} ").Says("version v1 starts");
        (await other.RunAsync("logs v7 -t aws")).ExitsWith(3).Says($"choose one of {candidate}").ExplainsItself();
        (await other.RunAsync("promote -t aws")).ExitsWith(3).Says("CodeDeploy shifts by its own clock only").ExplainsItself();
        (await other.RunAsync("deploy -t aws")).ExitsWith(8).ExplainsItself();
        (await other.RunAsync("rollback -t aws --to v1")).ExitsWith(8).ExplainsItself();
        (await other.RunAsync("abort -t aws")).ExitsWith(0).Says("stopped and rolled back").Says($"serving: {service.Name}-a:1 (blue) 100 %");

        (await deploying.ResultAsync()).ExitsWith(6).Says("aborted");
        var entry = (await other.RunAsync("history -t aws -o json")).ExitsWith(0).Json.GetProperty("deployments")[0];
        var report = (await other.RunAsync("report -t aws -o json")).ExitsWith(0).Json;
        Assert.Equal(report.GetProperty("reason").GetString(), entry.GetProperty("reason").GetString());
        Assert.StartsWith("aborted by ", report.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("whoever", report.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(report.GetProperty("exitCode").GetInt32(), entry.GetProperty("exitCode").GetInt32());
        Assert.Empty(report.GetProperty("discrepancies").EnumerateArray());
        (await other.RunAsync($"report -t aws {id}")).ExitsWith(0).Says("## step 1 of 1: 40 %");
        (await other.RunAsync("report -t aws d-NOSUCH123")).ExitsWith(3).ExplainsItself();
        (await other.RunAsync("status -t aws")).ExitsWith(0).Says($"last deployment {id}: {candidate} rolled back");
        (await other.RunAsync("abort -t aws")).ExitsWith(0).Says("no deployment is under way");

        var mails = await Account.MailsAsync(service.Name);
        Assert.Contains(mails, mail => mail.StartsWith($"{candidate} is to replace {service.Name}-a:1, by ", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.StartsWith($"{candidate} was rolled back to {service.Name}-a:1: aborted ", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.Contains("a task started", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.Contains("a task stopped", StringComparison.Ordinal));
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Without_its_runner_mails_and_history_say_that_nobody_judged_and_CodeDeploy_rolled_back()
    {
        using var service = await ScoringService.ProvisionedAsync(Account, more: Told);
        await service.ConfirmMailsAsync();
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", rollout: Long, more: Told);
        using var other = service.OnAnotherMachine();
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("60/40", deploying);

        deploying.Kill();

        await Until.TrueAsync(async () => await service.WeightsAsync() == "100/0", "traffic is back on stable");
        JsonElement entry = default;
        await Until.TrueAsync(
            async () => (entry = (await other.RunAsync("history -t aws -o json")).ExitsWith(0).Json.GetProperty("deployments")[0]).GetProperty("outcome").GetString() == "rolled back",
            () => $"history knows: {entry}");
        Assert.StartsWith("heartbeats had stopped, so that nobody judged it: CodeDeploy rolled back by itself", entry.GetProperty("reason").GetString(), StringComparison.Ordinal);
        (await other.RunAsync("status -t aws")).ExitsWith(0).Says("heartbeats had stopped");
        (await other.RunAsync("report -t aws")).ExitsWith(0).Says("was rolled back: heartbeats had stopped").Says("Its runner's journal ends before that");
        var mails = await Account.MailsAsync(service.Name);
        Assert.Contains(mails, mail => mail.Contains($"{service.Name}-heartbeat-", StringComparison.Ordinal) && mail.Contains("nobody judges it, and CodeDeploy rolls it back by itself", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.Contains($"CodeDeploy deployment {entry.GetProperty("deployment")} ended with STOP", StringComparison.Ordinal));
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Another_machine_promotes_during_the_bake_and_rolls_back_to_what_served_and_the_models_age_follows()
    {
        using var service = await ScoringService.ProvisionedAsync(Account, more: $"{Told}\nmodel: {{ name: fraud, trainedAt: 2026-01-01T00:00:00Z }}");
        await service.ConfirmMailsAsync();
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        using var other = service.OnAnotherMachine();
        Assert.Contains($"{DateTimeOffset.Parse("2026-01-01T00:00:00Z", null).ToUnixTimeSeconds()}) / 86400", await service.DashboardAsync(), StringComparison.Ordinal);

        service.Write("v2", rollout: LongBake, more: $"{Told}\nmodel: {{ name: fraud, trainedAt: 2026-06-01T00:00:00Z }}");
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("0/100", deploying);
        await Until.TrueAsync(
            async () => (await other.RunAsync("status -t aws -o json")).ExitsWith(0).Json.GetProperty("deployment").GetProperty("phase").GetString() == "baking", "it bakes");
        (await other.RunAsync("promote -t aws")).ExitsWith(0).Says("promoted").Says($"serving: {service.Name}-b:1 (green) 100 %");
        (await deploying.ResultAsync()).ExitsWith(0).Says("promoted by ").SaysNot("whoever");

        Assert.Contains($"{DateTimeOffset.Parse("2026-06-01T00:00:00Z", null).ToUnixTimeSeconds()}) / 86400", await service.DashboardAsync(), StringComparison.Ordinal);
        var age = (await other.RunAsync("metrics -t aws -o json")).ExitsWith(0).Json.GetProperty("metrics").EnumerateArray().Single(metric => metric.GetProperty("name").GetString() == "model.age");
        Assert.InRange(age.GetProperty("value").GetDouble() / 86400, 150, 400);
        Assert.Contains(await Account.MailsAsync(service.Name), mail => mail.Contains($"serves all traffic in place of {service.Name}-a:1", StringComparison.Ordinal));

        (await other.RunAsync("rollback -t aws")).ExitsWith(0).Says("promoted");
        Assert.Equal("v1", await service.ServesAsync());
        (await other.RunAsync("rollback -t aws --to v9")).ExitsWith(3).Says("choose one of v2-").ExplainsItself();
        (await other.RunAsync("rollback -t aws --to v2")).ExitsWith(0).Says("promoted");
        Assert.Equal("v2", await service.ServesAsync());
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_gate_on_a_metric_of_ones_own_compares_the_versions_and_rolls_the_worse_one_back()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        await service.PublishAsync("Shop", "Refused", "Family", ($"{service.Name}-a", 0.1), ($"{service.Name}-b", 0.3));
        const string Dimensions = "dimensions: { Family: \"{family}\" }";
        service.Write("v2", rollout: $"{{ strategy: canary, steps: [ {{ weight: 40%, for: 20m }} ], warmup: 0s, minimumRequests: 20, gates: [ {{ metric: cloudwatch, name: refused, namespace: Shop, metricName: Refused, {Dimensions}, max: 0.5, maxRatio: 1.5 }} ] }}");

        var bad = (await service.User.RunAsync("deploy -t aws --verbose")).ExitsWith(4).Says("gate cloudwatch:refused failed: 0.3 is more than 1.5 times 0.1 at stable, for 2 readings running").ExplainsItself();

        var calls = CallsAMinute(bad.Errors);
        Measurements.Record("aws, calls a minute while a canary is judged, the journal's copy included", string.Join(", ", calls));
        Assert.InRange(calls.Max(), 1, 25);
        Assert.Equal("v1", await service.ServesAsync());
        service.Write("v3", rollout: "{ strategy: all-at-once, bake: 5m, gates: [ { metric: cloudwatch, name: sold, namespace: Shop, metricName: Sold, min: 1 } ] }");
        (await service.DeployAsync()).ExitsWith(6).Says("CloudWatch has no value of Shop/Sold with these dimensions in the last 15 min");
        Assert.Equal("v1", await service.ServesAsync());
        Assert.Equal(0, (await traffic.EndAsync()).Of("v3"));
    }

    /// <summary>Of each whole minute between the begin of judging and the rollback, from the lines of `--verbose`, which begin with a time.</summary>
    private static int[] CallsAMinute(string lines)
    {
        var timed = lines.Split('\n').Where(line => line.Length > 22 && DateTimeOffset.TryParse(line[..20], System.Globalization.CultureInfo.InvariantCulture, out _))
            .Select(line => (At: DateTimeOffset.Parse(line[..20], System.Globalization.CultureInfo.InvariantCulture), Text: line[20..].TrimStart())).ToList();
        var (from, to) = (timed.First(line => line.Text.StartsWith("judging ", StringComparison.Ordinal)).At, timed.First(line => line.Text.StartsWith("rolling back", StringComparison.Ordinal)).At);
        var calls = timed.Where(line => line.At >= from && line.At < to && line.Text.Contains(" ms", StringComparison.Ordinal) && line.Text.Split(' ')[0].Contains('.', StringComparison.Ordinal)).ToList();
        return [.. Enumerable.Range(0, (int)(to - from).TotalMinutes).Select(minute => calls.Count(call => (int)(call.At - from).TotalMinutes == minute))];
    }
}

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Faults;
using MlDeploy.AwsTwin.Metrics;

namespace MlDeploy.Acceptance.Aws.Outages;

/// <summary>What the cloud does to a canary while it runs, and what is said then: the messages are kept beside this as *.golden.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed partial class OutageSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;
    private const string Bad = "TESTAPP_ERROR_RATE: '0.5'";

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task CloudWatch_out_of_reach_for_forty_seconds_is_survived() =>
        UnderAsync(Promoted, during: _ => Cut(TimeSpan.FromSeconds(40), "monitoring"));

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task A_heartbeat_gap_of_fifty_seconds_is_survived() => UnderAsync(Promoted, during: async deploy =>
    {
        const int Stop = 19;
        const int Continue = 18;
        deploy.Signal(Stop);
        await PassAsync(TimeSpan.FromSeconds(50));
        deploy.Signal(Continue);
    });

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task CloudWatch_out_of_reach_for_three_minutes_is_rolled_back_and_says_that_heartbeats_stopped() =>
        UnderAsync(new Ending(4, Serves: "v1", Golden: "unreachable"), during: _ => Cut(TimeSpan.FromMinutes(3), "monitoring"));

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task All_of_aws_out_of_reach_for_three_minutes_is_rolled_back_and_says_that_heartbeats_stopped() =>
        UnderAsync(new Ending(4, Serves: "v1", Golden: null, Says: "gate heartbeat failed: "), during: _ => Cut(TimeSpan.FromMinutes(3)));

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task GetMetricData_that_is_throttled_for_a_while_is_asked_again() =>
        UnderAsync(Promoted, faults: new FaultSettings { Fail = [Throttled with { Times = 8 }] });

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task GetMetricData_that_is_throttled_for_good_is_no_evidence() =>
        UnderAsync(new Ending(6, Serves: "v1", Golden: "throttled"), faults: new FaultSettings { Fail = [Throttled] });

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task Metrics_that_are_a_minute_late_are_waited_for() =>
        UnderAsync(Promoted, metrics: new MetricFaults { LateSeconds = 60 });

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task Metrics_that_never_come_are_no_evidence() =>
        UnderAsync(new Ending(6, Serves: "v1", Golden: "lost"), metrics: new MetricFaults { Lost = ["AWS/ApplicationELB:RequestCount"] });

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task StopDeployment_that_is_refused_is_done_by_the_alarm() =>
        UnderAsync(new Ending(4, Serves: "v1", Golden: "refused"), behaviour: Bad, faults: new FaultSettings { Deny = ["codedeploy:StopDeployment"] });

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public Task A_rollback_that_itself_fails_says_what_serves_what_and_what_to_run_and_that_brings_stable_back() => UnderAsync(
        new Ending(5, Serves: "v1", Golden: "unsafe"),
        behaviour: Bad,
        faults: new FaultSettings { Deny = ["elasticloadbalancing:Modify*"] },
        after: async service => (await service.User.RunAsync("rollback -t aws")).ExitsWith(0));

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task An_alarm_that_fires_from_the_start_is_named_and_nothing_is_begun()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await Aws.AskAsync(
            "cloudwatch put-metric-alarm --evaluation-periods 1 --comparison-operator LessThanThreshold --threshold 1 --namespace none --metric-name none --statistic Sum --period 60 --treat-missing-data breaching",
            "@", "--alarm-name", $"{service.Name}-errors");
        await Until.TrueAsync(async () => (await Aws.ListAsync("cloudwatch describe-alarms --state-value ALARM", "MetricAlarms[].AlarmName", "--alarm-name-prefix", service.Name)).Length > 0, "it fires");
        service.Write("v2");

        Match(service, "firing", (await service.DeployAsync()).ExitsWith(7).ExplainsItself());

        Assert.Empty(await service.DeploymentsAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_deployment_that_another_was_created_before_says_whose_it_is_and_leaves_it_alone()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        service.Write("v2");
        var began = Account.Twin.Clock.GetUtcNow();
        using var second = service.BeginDeploy();
        await Until.TrueAsync(() => Account.Twin.Requests.Entries.Any(call => call.At > began && call is { Action: "PutMetricAlarm", Caller: "client" }), () => $"it has looked and found none: {second.Errors}");

        using var caller = new MlDeploy.AwsTwin.Front.TwinCaller(Account.Twin.Endpoint, "client", TwinAccount.Region);
        var running = (await caller.JsonAsync("ecs", "DescribeServices", new JsonObject { ["cluster"] = service.Name, ["services"] = new JsonArray(service.Name) }, CancellationToken.None))["services"]![0]!["taskSets"]![0]!["taskDefinition"]!;
        var spec = $$"""{"version":0.0,"Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":{"TaskDefinition":"{{running}}","LoadBalancerInfo":{"ContainerName":"application","ContainerPort":8080} } } }] }""";
        var first = (await caller.JsonAsync("codedeploy", "CreateDeployment", new JsonObject
        {
            ["applicationName"] = service.Name,
            ["deploymentGroupName"] = service.Name,
            ["description"] = "mldeploy 00c0ffee ada@laptop https://ci.example/runs/7",
            ["revision"] = new JsonObject { ["revisionType"] = "AppSpecContent", ["appSpecContent"] = new JsonObject { ["content"] = spec } },
        }, CancellationToken.None))["deploymentId"]!.ToString();

        Match(service, "raced", (await second.ResultAsync()).ExitsWith(8).Says(first).Says("ada@laptop"));

        Assert.Single(await service.DeploymentsAsync());
        Assert.NotEmpty(await service.UnderWayAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        await caller.JsonAsync("codedeploy", "StopDeployment", new JsonObject { ["deploymentId"] = first, ["autoRollbackEnabled"] = true }, CancellationToken.None);
        await Until.TrueAsync(async () => (await service.UnderWayAsync()).Length == 0, "the other has ended");
    }

    private static Ending Promoted { get; } = new(0, Serves: "v2", Golden: null);

    private static ActionFailure Throttled { get; } = new("cloudwatch:GetMetricData", "Throttling", "Rate exceeded", ClientsOnly: true);

    /// <param name="during">From when the candidate has its first share.</param>
    /// <param name="faults">Likewise.</param>
    /// <param name="after">When all is well again.</param>
    private async Task UnderAsync(
        Ending ending, string behaviour = "", FaultSettings? faults = null, MetricFaults? metrics = null, Func<ToolProcess, Task>? during = null, Func<ScoringService, Task>? after = null)
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        try
        {
            await SetAsync(metrics ?? new MetricFaults());
            service.Write("v2", behaviour);
            using var deploy = service.BeginDeploy();
            await Until.TrueAsync(() => service.WeightsInForce() == "60/40", () => $"the candidate has its share, which is {service.WeightsInForce()}:\n{deploy.Errors}");
            Account.Twin.Faults.Set(faults ?? new FaultSettings());
            await (during?.Invoke(deploy) ?? Task.CompletedTask);
            var result = (await deploy.ResultAsync()).ExitsWith(ending.Exit).Says(ending.Says);
            if (ending.Golden is { } golden)
            {
                Match(service, golden, result);
            }
        }
        finally
        {
            Account.Twin.Faults.Set(new FaultSettings());
            await SetAsync(new MetricFaults());
        }

        await (after?.Invoke(service) ?? Task.CompletedTask);
        Assert.Equal(ending.Serves, await service.ServesAsync());
        Assert.Empty(await service.HeartbeatAlarmsAsync());
        Assert.Empty(await service.UnderWayAsync());
        Assert.True(await service.ScalesAsync());
        (await traffic.EndAsync()).LostNothing();
    }

    /// <summary>The network between the tool and these services, or all; not the one within AWS.</summary>
    private Task Cut(TimeSpan twinTime, params string[] services)
    {
        Account.Twin.Faults.Set(new FaultSettings { UnreachableSeconds = Account.Twin.Clock.ToReal(twinTime).TotalSeconds, UnreachableServices = [.. services] });
        return Task.CompletedTask;
    }

    private async Task SetAsync(MetricFaults faults) => (await Account.Http.PutAsJsonAsync(new Uri($"{Account.Endpoint}/_twin/metrics"), faults)).EnsureSuccessStatusCode();

    private async Task PassAsync(TimeSpan twinTime)
    {
        var until = Account.Twin.Clock.GetUtcNow() + twinTime;
        await Until.TrueAsync(() => Account.Twin.Clock.GetUtcNow() >= until, "the time passes");
    }

    /// <summary>What is told, and the result; without what differs from run to run.</summary>
    private static void Match(ScoringService service, string name, ToolResult result)
    {
        var told = string.Join('\n', result.Errors.TrimEnd().Split('\n').Where(line => !Uneventful().IsMatch(line)));
        var text = $"{told}\n--- standard output\n{result.Output}"
            .Replace(service.Name, "APP", StringComparison.Ordinal)
            .Replace(service.User.Root, "ROOT", StringComparison.Ordinal);
        Goldens.Match($"aws/outages/{name}", Varying().Replace(text, match => $"{match.Groups["kept"].Value}#"));
    }

    /// <summary>Images and gates are told elsewhere; how often somebody waits and looks differs.</summary>
    [GeneratedRegex("Z {3,}http| (bringing|pushed|…) ", RegexOptions.ExplicitCapture)]
    private static partial Regex Uneventful();

    /// <summary>Times, ids that are drawn, durations, shares and counts that were measured.</summary>
    [GeneratedRegex(
        @"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)?|\d\d:\d\d(?= UTC)|(?<kept>\bd-)[A-Z0-9]{9}\b|(?<kept>-heartbeat-)[0-9a-f]{8}|(?<kept>-)[0-9a-f]{12}\b|(?<kept>Role-)[A-Z0-9]{12}\b"
        + @"|(?<kept>after |for )(\d+ min( \d+ s)?|\d+ s)\b|(\d+ min( \d+ s)?|\d+ s)(?= later)|(?<kept>failed: )[\d.]+(?= %)|\d+ of \d+(?= requests)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Varying();

    private sealed record Ending(int Exit, string Serves, string? Golden, string Says = "");
}

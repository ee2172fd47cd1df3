using System.Globalization;
using System.Text.Json.Nodes;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>Metrics turn into alarms, alarms into mails and into more tasks; seen with `aws`.</summary>
[Collection(RunningTwin.Collection)]
public sealed class ScalingSpecs(RunningTwin twin)
{
    [Fact]
    public async Task Load_adds_a_task_and_a_mail_says_that_it_runs()
    {
        twin.Require();
        var topic = await twin.MailboxAsync("scaling");
        await twin.JsonAsync("events", "PutRule", """{"Name":"tasks","EventPattern":"{\"source\":[\"aws.ecs\"],\"detail-type\":[\"ECS Task State Change\"],\"detail\":{\"group\":[\"service:busy\"],\"lastStatus\":[\"RUNNING\"]}}"}""");
        await twin.JsonAsync("events", "PutTargets", $$"""{"Rule":"tasks","Targets":[{"Id":"mail","Arn":"{{topic}}","InputTransformer":{"InputPathsMap":{"status":"$.detail.lastStatus","group":"$.detail.group"},"InputTemplate":"\"<group> is <status>\""} }]}""");
        var group = await twin.GroupAsync("busy");
        var (balancer, address, _) = await twin.BalancerAsync("busy", RunningTwin.Forward((group, 1)));
        await twin.DefineAsync("busy", "registry/app:1");
        await twin.ServiceAsync("busy", "busy", 1, group);
        string[] target = ["--service-namespace", "ecs", "--resource-id", "service/main/busy", "--scalable-dimension", "ecs:service:DesiredCount"];
        await twin.Aws.RunAsync(["application-autoscaling", "register-scalable-target", .. target, "--min-capacity", "1", "--max-capacity", "2"]);
        var label = $"{balancer[(balancer.IndexOf("loadbalancer/", StringComparison.Ordinal) + "loadbalancer/".Length)..]}/{group[(group.LastIndexOf(':') + 1)..]}";
        await twin.Aws.RunAsync(["application-autoscaling", "put-scaling-policy", .. target, "--policy-name", "requests", "--policy-type", "TargetTrackingScaling", "--target-tracking-scaling-policy-configuration",
            new JsonObject
            {
                ["TargetValue"] = 5,
                ["PredefinedMetricSpecification"] = new JsonObject { ["PredefinedMetricType"] = "ALBRequestCountPerTarget", ["ResourceLabel"] = label },
            }.ToJsonString()]);
        await twin.SaysAsync("busy", "has reached a steady state");

        await RunningTwin.BecomesAsync(async () =>
        {
            await twin.AnswerAsync(new Uri(address, "/predict"));
            return (int?)(await twin.DescribeAsync("busy"))["runningCount"] == 2;
        }, "a second task runs", 90);
        Assert.Equal("Setting desired count to 2.", await twin.Aws.AskAsync("ScalingActivities[0].Description", ["application-autoscaling", "describe-scaling-activities", .. target[..4]]));
        Assert.Contains("triggered policy requests", await twin.Aws.AskAsync("ScalingActivities[0].Cause", ["application-autoscaling", "describe-scaling-activities", .. target[..4]]), StringComparison.Ordinal);
        await RunningTwin.BecomesAsync(async () => (await twin.MailsAsync("scaling")).Count(mail => mail.Contains("service:busy is RUNNING", StringComparison.Ordinal)) >= 2, "a mail for each task");

        // A schedule whose time has come sets the bounds, and the capacity with them.
        var soon = twin.Server.Clock.GetUtcNow().AddMinutes(2).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        await twin.JsonAsync("application-autoscaling", "PutScheduledAction", $$"""
            {"ServiceNamespace":"ecs","ResourceId":"service/main/busy","ScalableDimension":"ecs:service:DesiredCount","ScheduledActionName":"later","Schedule":"at({{soon}})","ScalableTargetAction":{"MinCapacity":3,"MaxCapacity":3} }
            """);
        await RunningTwin.BecomesAsync(async () => (int?)(await twin.DescribeAsync("busy"))["desiredCount"] == 3, "the schedule's minimum holds");
        await twin.JsonAsync("ecs", "DeleteService", """{"cluster":"main","service":"busy","force":true}""");
    }

    [Fact]
    public async Task A_heartbeat_that_stops_fires_its_alarm_and_the_mail_is_cloud_watchs()
    {
        twin.Require();
        var topic = await twin.MailboxAsync("alarms");
        await twin.Aws.RunAsync("cloudwatch", "put-metric-data", "--namespace", "mldeploy", "--metric-data", """[{"MetricName":"beat","Value":1,"StorageResolution":1}]""");
        await twin.Aws.RunAsync("cloudwatch", "put-metric-alarm", "--alarm-name", "heart", "--namespace", "mldeploy", "--metric-name", "beat", "--statistic", "SampleCount", "--period", "10",
            "--evaluation-periods", "3", "--datapoints-to-alarm", "3", "--threshold", "1", "--comparison-operator", "LessThanThreshold", "--treat-missing-data", "breaching", "--alarm-actions", topic);
        var beat = """{"Namespace":"mldeploy","MetricData":[{"MetricName":"beat","Value":1,"StorageResolution":1}]}""";
        await RunningTwin.BecomesAsync(async () =>
        {
            await twin.QueryAsync("monitoring", "PutMetricData", beat);
            return await StateAsync("heart") == "OK";
        }, "the alarm is OK while it beats");
        var stopped = twin.Server.Clock.GetUtcNow();
        await RunningTwin.BecomesAsync(async () => await StateAsync("heart") == "ALARM", "the alarm fires when it stops");
        Assert.InRange(twin.Server.Clock.GetUtcNow() - stopped, TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(3));
        Assert.Contains("treated as [Breaching]", await twin.Aws.AskAsync("MetricAlarms[0].StateReason", "cloudwatch", "describe-alarms", "--alarm-names", "heart"), StringComparison.Ordinal);
        await RunningTwin.BecomesAsync(async () => (await twin.MailsAsync("alarms")).Exists(mail => mail.Contains("\"NewStateValue\":\"ALARM\"", StringComparison.Ordinal)), "the mail came");
        Assert.StartsWith("Alarm updated from OK to ALARM",
            await twin.Aws.AskAsync("AlarmHistoryItems[0].HistorySummary", "cloudwatch", "describe-alarm-history", "--alarm-name", "heart", "--history-item-type", "StateUpdate"), StringComparison.Ordinal);

        await twin.Aws.RunAsync("cloudwatch", "set-alarm-state", "--alarm-name", "heart", "--state-value", "OK", "--state-reason", "by hand");
        Assert.Equal("OK", await StateAsync("heart"));
        await twin.Aws.RunAsync("cloudwatch", "delete-alarms", "--alarm-names", "heart");
    }

    [Fact]
    public async Task Metrics_are_read_with_percentiles_ranges_and_arithmetic_and_lost_when_told_so()
    {
        twin.Require();
        await twin.Aws.RunAsync("cloudwatch", "put-metric-data", "--namespace", "spec", "--metric-data",
            $$"""[{"MetricName":"time","Values":[{{string.Join(',', Enumerable.Range(1, 100))}}]},{"MetricName":"few","StatisticValues":{"SampleCount":4,"Sum":10,"Minimum":1,"Maximum":4} }]""");
        var now = twin.Server.Clock.GetUtcNow();
        string[] queries =
        [
            Stat("p", "time", "p90"), Stat("tc", "time", "TC(90:)"), Stat("n", "time", "SampleCount"), Stat("few", "few", "p50"), Stat("sum", "few", "Sum"),
            """{"Id":"share","Expression":"tc / n * 100"}""", """{"Id":"filled","Expression":"FILL(few, 7) - 1"}""",
        ];
        var answer = await twin.Aws.RunAsync("cloudwatch", "get-metric-data", "--start-time", Time(now.AddMinutes(-1)), "--end-time", Time(now.AddMinutes(1)), "--metric-data-queries", $"[{string.Join(',', queries)}]");
        var values = answer!["MetricDataResults"]!.AsArray().ToDictionary(each => (string)each!["Id"]!, each => each!["Values"]!.AsArray().Select(value => (double)value!).ToList());
        Assert.Equal([90], values["p"]);
        Assert.Equal([10], values["tc"]);
        Assert.Equal([10], values["share"]);
        Assert.Equal([10], values["sum"]);
        Assert.Empty(values["few"]);
        Assert.All(values["filled"], value => Assert.Equal(6, value));
        Assert.Contains("there is no 'nobody'", await twin.Aws.FailAsync("cloudwatch", "get-metric-data", "--start-time", Time(now.AddMinutes(-1)), "--end-time", Time(now),
            "--metric-data-queries", """[{"Id":"e","Expression":"nobody + 1"}]"""), StringComparison.Ordinal);

        using (var told = await twin.Http.PutAsync(new Uri(twin.Server.Endpoint, "/_twin/metrics"), new StringContent("""{"lost":["spec:gone*"]}""")))
        {
            told.EnsureSuccessStatusCode();
        }

        await twin.QueryAsync("monitoring", "PutMetricData", """{"Namespace":"spec","MetricData":[{"MetricName":"gone-1","Value":1}]}""");
        Assert.DoesNotContain("gone-1", (await twin.QueryAsync("monitoring", "ListMetrics", """{"Namespace":"spec"}""")).Value, StringComparison.Ordinal);

        static string Stat(string id, string metric, string stat) =>
            $$"""{"Id":"{{id}}","MetricStat":{"Metric":{"Namespace":"spec","MetricName":"{{metric}}"},"Period":60,"Stat":"{{stat}}"} }""";
    }

    [Fact]
    public async Task A_dashboard_is_checked_and_kept()
    {
        twin.Require();
        const string good = """{"widgets":[{"type":"metric","x":0,"y":0,"width":12,"height":6,"properties":{"region":"eu-central-1","metrics":[["AWS/ECS","CPUUtilization","ServiceName","web",{"stat":"p99"}]]}}]}""";
        await twin.Aws.RunAsync("cloudwatch", "put-dashboard", "--dashboard-name", "d", "--dashboard-body", good);
        Assert.Equal(good, (string?)(await twin.Aws.RunAsync("cloudwatch", "get-dashboard", "--dashboard-name", "d"))!["DashboardBody"]);
        Assert.Contains("there is no statistic 'p999'",
            await twin.Aws.FailAsync("cloudwatch", "put-dashboard", "--dashboard-name", "d", "--dashboard-body", good.Replace("p99", "p999", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private async Task<string> StateAsync(string alarm) =>
        (await twin.QueryAsync("monitoring", "DescribeAlarms", $$"""{"AlarmNames":["{{alarm}}"]}""")).Descendants("StateValue").Single().Value;

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

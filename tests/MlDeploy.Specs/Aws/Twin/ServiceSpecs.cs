using System.Globalization;
using System.Net;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>Services of the twin run, answer, fail and are replaced; seen with `aws` and real sockets.</summary>
[Collection(RunningTwin.Collection)]
public sealed class ServiceSpecs(RunningTwin twin)
{
    [Fact]
    public async Task A_service_answers_through_its_balancer_writes_its_log_is_measured_and_its_weights_count()
    {
        twin.Require();
        var (blue, green) = (await twin.GroupAsync("blue"), await twin.GroupAsync("green"));
        var (balancer, address, listener) = await twin.BalancerAsync("web", RunningTwin.Forward((blue, 80), (green, 20)));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await twin.Http.GetAsync(new Uri(address, "/predict"))).StatusCode);
        await twin.DefineAsync("web-a", "registry/app:1", "TESTAPP_VERSION=v1");
        await twin.DefineAsync("web-b", "registry/app:2", "TESTAPP_VERSION=v2");
        await twin.ServiceAsync("web-a", "web-a", 2, blue);
        await twin.ServiceAsync("web-b", "web-b", 1, green);
        await twin.Aws.RunAsync("ecs", "wait", "services-stable", "--cluster", "main", "--services", "web-a", "web-b");
        Assert.Equal("healthy\thealthy", await twin.Aws.AskAsync("TargetHealthDescriptions[].TargetHealth.State", "elbv2", "describe-target-health", "--target-group-arn", blue));

        const int sent = 1000;
        var answers = new List<string>();
        for (var i = 0; i < sent; i++)
        {
            answers.Add(await twin.AnswerAsync(new Uri(address, "/predict")));
        }

        // Four standard deviations of a binomial of 1000 with p = 0.2: 51.
        var second = answers.Count(answer => answer.Contains("\"v2\"", StringComparison.Ordinal));
        Assert.InRange(second, 149, 251);
        Assert.Equal(sent - second, answers.Count(answer => answer.Contains("\"v1\"", StringComparison.Ordinal)));

        var task = (await twin.Aws.AskAsync("taskArns[0]", "ecs", "list-tasks", "--cluster", "main", "--service-name", "web-b")).Split('/')[^1];
        var lines = await twin.Aws.AskAsync("events[].message", "logs", "get-log-events", "--log-group-name", "/app", "--log-stream-name", $"web-b/app/{task}");
        Assert.Contains("version v2 starts", lines, StringComparison.Ordinal);
        Assert.Contains("listening", lines, StringComparison.Ordinal);
        Assert.Equal("2", await twin.Aws.AskAsync("length(events)", "logs", "filter-log-events", "--log-group-name", "/app", "--log-stream-name-prefix", "web-a/", "--filter-pattern", "\"version v1\" starts"));

        var dimension = balancer[(balancer.IndexOf("loadbalancer/", StringComparison.Ordinal) + "loadbalancer/".Length)..];
        await twin.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(second, await SumAsync("HTTPCode_Target_2XX_Count", dimension, green.Split(':')[^1]));
        Assert.Equal(sent, await SumAsync("RequestCount", dimension, null));

        await twin.QueryAsync("elasticloadbalancing", "ModifyListener", $$"""{"ListenerArn":"{{listener}}","DefaultActions":{{RunningTwin.Forward((blue, 0), (green, 1))}} }""");
        for (var i = 0; i < 50; i++)
        {
            Assert.Contains("\"v2\"", await twin.AnswerAsync(new Uri(address, "/predict")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_tried_again_and_again_and_the_service_says_so()
    {
        twin.Require();
        await twin.DefineAsync("absent", "registry/nowhere:1");
        await twin.ServiceAsync("absent", "absent", 1, null);
        await twin.SaysAsync("absent", "is unable to consistently start tasks successfully");
        var stopped = await twin.StoppedAsync("absent");
        Assert.StartsWith("CannotPullContainerError: ", (string?)stopped["stoppedReason"], StringComparison.Ordinal);
        Assert.Equal("TaskFailedToStart", (string?)stopped["stopCode"]);
        Assert.Equal("0", await twin.Aws.AskAsync("services[0].runningCount", "ecs", "describe-services", "--cluster", "main", "--services", "absent"));
        Assert.DoesNotContain("steady", await twin.Aws.AskAsync("services[0].events[].message", "ecs", "describe-services", "--cluster", "main", "--services", "absent"), StringComparison.Ordinal);
        await twin.JsonAsync("ecs", "DeleteService", """{"cluster":"main","service":"absent","force":true}""");
    }

    [Theory]
    [InlineData("secretive", "app/absent", """ "secrets":[{"name":"TOKEN","valueFrom":"/app/token"},{"name":"OTHER","valueFrom":"/app/absent"}] """)]
    [InlineData("homeless", "log group does not exist", """ "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/absent","awslogs-region":"eu-central-1","awslogs-stream-prefix":"x"}} """)]
    public async Task What_a_task_lacks_keeps_it_from_starting_and_is_named(string family, string named, string more)
    {
        twin.Require();
        await twin.JsonAsync("ssm", "PutParameter", """{"Name":"/app/token","Value":"planted","Type":"SecureString","Overwrite":true}""");
        await twin.JsonAsync("ecs", "RegisterTaskDefinition", $$"""{"family":"{{family}}","networkMode":"awsvpc","containerDefinitions":[{"name":"app","image":"r/app","memory":512,{{more}} }]}""");
        var arn = (string)(await twin.JsonAsync("ecs", "RunTask", $$"""{"cluster":"main","taskDefinition":"{{family}}"}"""))["tasks"]![0]!["taskArn"]!;
        await twin.Aws.RunAsync("ecs", "wait", "tasks-stopped", "--cluster", "main", "--tasks", arn);
        var reason = await twin.Aws.AskAsync("tasks[0].stoppedReason", "ecs", "describe-tasks", "--cluster", "main", "--tasks", arn);
        Assert.StartsWith("ResourceInitializationError: ", reason, StringComparison.Ordinal);
        Assert.Contains(named, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_dies_and_one_that_turns_ill_are_replaced()
    {
        twin.Require();
        var group = await twin.GroupAsync("ill");
        var (_, address, _) = await twin.BalancerAsync("ill", RunningTwin.Forward((group, 1)));
        await twin.DefineAsync("ill", "registry/app:1", "TESTAPP_UNHEALTHY_AFTER=6");
        await twin.DefineAsync("dying", "registry/app:1", "TESTAPP_DIE_AFTER=300", "TESTAPP_EXIT_CODE=42");
        await twin.ServiceAsync("ill", "ill", 1, group);
        await twin.ServiceAsync("dying", "dying", 1, null);
        await RunningTwin.BecomesAsync(async () => (await twin.Http.GetAsync(new Uri(address, "/predict"))).StatusCode == HttpStatusCode.OK, "the service answers");

        var dead = await twin.StoppedAsync("dying");
        Assert.Equal("EssentialContainerExited", (string?)dead["stopCode"]);
        Assert.Equal("Essential container in task exited", (string?)dead["stoppedReason"]);
        Assert.Equal(42, (int?)dead["containers"]![0]!["exitCode"]);

        var ill = await twin.StoppedAsync("ill");
        Assert.Equal($"Task failed ELB health checks in (target-group {group})", (string?)ill["stoppedReason"]);
        await twin.SaysAsync("ill", "is unhealthy in (target-group");
        await twin.SaysAsync("ill", "Health checks failed with these codes: [503]");
        await RunningTwin.BecomesAsync(async () => (int?)(await twin.DescribeAsync("ill"))["runningCount"] == 1, "another runs in its place");
        await twin.JsonAsync("ecs", "DeleteService", """{"cluster":"main","service":"ill","force":true}""");
        await twin.JsonAsync("ecs", "DeleteService", """{"cluster":"main","service":"dying","force":true}""");
    }

    [Fact]
    public async Task A_code_deploy_service_refuses_what_only_a_deployment_may_change_and_takes_a_second_task_set()
    {
        twin.Require();
        var (blue, green) = (await twin.GroupAsync("cd-blue"), await twin.GroupAsync("cd-green"));
        var (_, address, listener) = await twin.BalancerAsync("cd", RunningTwin.Forward((blue, 100), (green, 0)));
        await twin.DefineAsync("cd-a", "registry/app:1", "TESTAPP_VERSION=v1");
        await twin.DefineAsync("cd-b", "registry/app:2", "TESTAPP_VERSION=v2");
        await twin.ServiceAsync("cd", "cd-a", 1, blue, "CODE_DEPLOY");
        Assert.Contains("Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.",
            await twin.Aws.FailAsync("ecs", "update-service", "--cluster", "main", "--service", "cd", "--task-definition", "cd-b"), StringComparison.Ordinal);
        await twin.Aws.RunAsync("ecs", "update-service", "--cluster", "main", "--service", "cd", "--desired-count", "2");

        // As CodeDeploy does: a green task set, weights, the new primary, and the old one gone.
        var set = await twin.Aws.AskAsync("taskSet.id", "ecs", "create-task-set", "--cluster", "main", "--service", "cd", "--task-definition", "cd-b",
            "--load-balancers", $"targetGroupArn={green},containerName=app,containerPort=8080", "--scale", "value=100,unit=PERCENT");
        await RunningTwin.BecomesAsync(async () => (await SetsAsync()).All(each => (string?)each!["stabilityStatus"] == "STEADY_STATE"), "both task sets are steady");
        Assert.Contains("\"v1\"", await twin.AnswerAsync(new Uri(address, "/predict")), StringComparison.Ordinal);
        await twin.QueryAsync("elasticloadbalancing", "ModifyListener", $$"""{"ListenerArn":"{{listener}}","DefaultActions":{{RunningTwin.Forward((blue, 0), (green, 100))}} }""");
        Assert.Contains("\"v2\"", await twin.AnswerAsync(new Uri(address, "/predict")), StringComparison.Ordinal);
        var old = (string?)(await SetsAsync()).Single(each => (string?)each!["status"] == "PRIMARY")!["id"];
        await twin.JsonAsync("ecs", "UpdateServicePrimaryTaskSet", $$"""{"cluster":"main","service":"cd","primaryTaskSet":"{{set}}"}""");
        await twin.JsonAsync("ecs", "DeleteTaskSet", $$"""{"cluster":"main","service":"cd","taskSet":"{{old}}","force":true}""");
        await RunningTwin.BecomesAsync(async () => (await SetsAsync()).Count == 1, "only the new task set is left");
        var service = await twin.DescribeAsync("cd");
        Assert.EndsWith("/cd-b:1", (string?)service["taskDefinition"], StringComparison.Ordinal);
        Assert.Equal(2, (int?)service["runningCount"]);

        async Task<System.Text.Json.Nodes.JsonArray> SetsAsync() => (await twin.DescribeAsync("cd"))["taskSets"]!.AsArray();
    }

    /// <summary>Over the whole time of the twin.</summary>
    private async Task<double> SumAsync(string metric, string balancer, string? group)
    {
        string[] dimensions = group is null ? [$"Name=LoadBalancer,Value={balancer}"] : [$"Name=LoadBalancer,Value={balancer}", $"Name=TargetGroup,Value={group}"];
        var sum = await twin.Aws.AskAsync("sum(Datapoints[].Sum)", ["cloudwatch", "get-metric-statistics", "--namespace", "AWS/ApplicationELB", "--metric-name", metric,
            "--dimensions", .. dimensions, "--statistics", "Sum", "--period", "60",
            "--start-time", Time(twin.Server.Clock.Start), "--end-time", Time(twin.Server.Clock.GetUtcNow())]);
        return double.Parse(sum, CultureInfo.InvariantCulture);
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

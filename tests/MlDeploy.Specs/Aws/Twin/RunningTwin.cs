using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.Front;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>
/// A twin whose images are the test application, with a network, a cluster and a log group: what an account has before the first
/// service.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class RunningTwin : IAsyncLifetime, ICollectionFixture<RunningTwin>
{
    /// <summary>One twin for all specifications that need a running one: starting moto costs seconds.</summary>
    public const string Collection = "running twin";

    /// <summary>Twin seconds a second; what acts in twin time itself needs a slower one than what only waits.</summary>
    public double Speed { get; init; } = 60;

    private TwinServer? server;
    private TwinCaller? caller;
    private readonly ConcurrentDictionary<string, List<string>> mails = new();

    internal TwinServer Server => server!;

    internal AwsCommandLine Aws { get; private set; } = null!;

    public string Vpc { get; private set; } = "";

    public string[] Subnets { get; private set; } = [];

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public async ValueTask InitializeAsync()
    {
        if (Peer.Find("moto_server") is null || Peer.Find("aws") is null)
        {
            return;
        }

        server = await TwinServer.StartAsync(new TwinOptions { Speed = Speed, Images = [new ImageCommand("*/app", $"exec {Local.TestApp.Executable} \"$@\"")] });
        Aws = new AwsCommandLine(server.Endpoint);
        caller = new TwinCaller(server.Endpoint, "client", "eu-central-1");
        await JsonAsync("ecs", "CreateCluster", """{"clusterName":"main","settings":[{"name":"containerInsights","value":"enabled"}]}""");
        await JsonAsync("logs", "CreateLogGroup", """{"logGroupName":"/app"}""");
        Subnets = [.. (await QueryAsync("ec2", "DescribeSubnets", "{}")).Descendants("subnetId").Take(2).Select(each => each.Value)];
        Vpc = (await QueryAsync("ec2", "DescribeVpcs", "{}")).Descendants("vpcId").First().Value;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        caller?.Dispose();
        await (Aws?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    public void Require()
    {
        if (server is null)
        {
            Peer.Missing(Peer.Find("aws") is null ? "aws, the official command line" : "moto_server");
        }
    }

    /// <summary>A call that only prepares or waits: the official program needs seconds for each where others keep the machine busy.</summary>
    internal Task<JsonObject> JsonAsync(string service, string action, string input) =>
        caller!.JsonAsync(service, action, (JsonObject)JsonNode.Parse(input)!, CancellationToken.None);

    internal Task<XElement> QueryAsync(string service, string action, string input) =>
        caller!.QueryAsync(service, action, (JsonObject)JsonNode.Parse(input)!, CancellationToken.None);

    /// <summary>A target group checked every 5 s and drained in 5 s.</summary>
    public async Task<string> GroupAsync(string name)
    {
        var arn = (await QueryAsync("elasticloadbalancing", "CreateTargetGroup", $$"""
            {"Name":"{{name}}","Protocol":"HTTP","Port":80,"VpcId":"{{Vpc}}","TargetType":"ip","HealthCheckPath":"/health",
             "HealthCheckIntervalSeconds":5,"HealthCheckTimeoutSeconds":2,"HealthyThresholdCount":2,"UnhealthyThresholdCount":2}
            """)).Descendants("TargetGroupArn").First().Value;
        await QueryAsync("elasticloadbalancing", "ModifyTargetGroupAttributes", $$"""{"TargetGroupArn":"{{arn}}","Attributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"5"}]}""");
        return arn;
    }

    /// <param name="actions">The default actions, as JSON.</param>
    /// <returns>The load balancer's ARN, its address, and its listener's.</returns>
    public async Task<(string Arn, Uri Address, string Listener)> BalancerAsync(string name, string actions)
    {
        var made = await QueryAsync("elasticloadbalancing", "CreateLoadBalancer", $$"""{"Name":"{{name}}","Subnets":["{{Subnets[0]}}","{{Subnets[1]}}"]}""");
        var arn = made.Descendants("LoadBalancerArn").First().Value;
        var listener = (await QueryAsync("elasticloadbalancing", "CreateListener",
            $$"""{"LoadBalancerArn":"{{arn}}","Protocol":"HTTP","Port":8080,"DefaultActions":{{actions}} }""")).Descendants("ListenerArn").First().Value;
        return (arn, new Uri($"http://{made.Descendants("DNSName").First().Value}:8080"), listener);
    }

    public static string Forward(params (string Group, int Weight)[] groups) => new JsonArray(new JsonObject
    {
        ["Type"] = "forward",
        ["ForwardConfig"] = new JsonObject
        {
            ["TargetGroups"] = new JsonArray([.. groups.Select(each => new JsonObject { ["TargetGroupArn"] = each.Group, ["Weight"] = each.Weight })]),
        },
    }).ToJsonString();

    /// <summary>A task definition with one container of the test application; more environment as `NAME=value`.</summary>
    public Task DefineAsync(string family, string image, params string[] environment)
    {
        var variables = new JsonArray([.. environment.Select(each => each.Split('=', 2)).Select(pair => new JsonObject { ["name"] = pair[0], ["value"] = pair[1] })]).ToJsonString();
        return JsonAsync("ecs", "RegisterTaskDefinition", $$"""
            {"family":"{{family}}","cpu":"256","memory":"512","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],
             "containerDefinitions":[{"name":"app","image":"{{image}}","portMappings":[{"containerPort":8080}],"environment":{{variables}},
              "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/app","awslogs-region":"eu-central-1","awslogs-stream-prefix":"{{family}}"} } }]}
            """);
    }

    /// <summary>Of the cluster `main`.</summary>
    public Task ServiceAsync(string name, string family, int count, string? group, string controller = "ECS")
    {
        var balancers = group is null ? new JsonArray() : new JsonArray(new JsonObject { ["targetGroupArn"] = group, ["containerName"] = "app", ["containerPort"] = 8080 });
        return JsonAsync("ecs", "CreateService", $$"""
            {"cluster":"main","serviceName":"{{name}}","taskDefinition":"{{family}}","desiredCount":{{count}},"launchType":"FARGATE","deploymentController":{"type":"{{controller}}"},
             "networkConfiguration":{"awsvpcConfiguration":{"subnets":["{{Subnets[0]}}"]} },"loadBalancers":{{balancers.ToJsonString()}} }
            """);
    }

    public async Task<JsonNode> DescribeAsync(string service) =>
        (await JsonAsync("ecs", "DescribeServices", $$"""{"cluster":"main","services":["{{service}}"]}"""))["services"]![0]!;

    /// <summary>Until what a service's newest events say contains the text.</summary>
    public Task SaysAsync(string service, string text) =>
        BecomesAsync(async () => (await DescribeAsync(service))["events"]!.ToJsonString().Contains(text, StringComparison.Ordinal), $"{service}: {text}");

    /// <summary>A stopped task of a service, once there is one.</summary>
    public async Task<JsonNode> StoppedAsync(string service)
    {
        JsonNode? task = null;
        await BecomesAsync(async () =>
        {
            var arns = await JsonAsync("ecs", "ListTasks", $$"""{"cluster":"main","serviceName":"{{service}}","desiredStatus":"STOPPED"}""");
            task = arns["taskArns"]!.AsArray().Count == 0 ? null
                : (await JsonAsync("ecs", "DescribeTasks", $$"""{"cluster":"main","tasks":["{{arns["taskArns"]![0]}}"]}"""))["tasks"]![0];
            return task?["lastStatus"]?.GetValue<string>() == "STOPPED";
        }, $"a task of {service} stopped");
        return task!;
    }

    /// <summary>A topic whose messages arrive in a queue of the same name.</summary>
    public async Task<string> MailboxAsync(string name)
    {
        var topic = (await QueryAsync("sns", "CreateTopic", $$"""{"Name":"{{name}}"}""")).Descendants("TopicArn").Single().Value;
        await JsonAsync("sqs", "CreateQueue", $$"""{"QueueName":"{{name}}"}""");
        await QueryAsync("sns", "Subscribe", $$"""{"TopicArn":"{{topic}}","Protocol":"sqs","Endpoint":"arn:aws:sqs:eu-central-1:123456789012:{{name}}"}""");
        return topic;
    }

    /// <summary>The texts of all messages that came so far.</summary>
    public async Task<List<string>> MailsAsync(string name)
    {
        var mails = this.mails.GetOrAdd(name, _ => []);
        var received = await JsonAsync("sqs", "ReceiveMessage", $$"""{"QueueUrl":"{{new Uri(Server.Endpoint, $"/123456789012/{name}")}}","MaxNumberOfMessages":10}""");
        mails.AddRange(received["Messages"]?.AsArray().Select(message => (string)JsonNode.Parse((string)message!["Body"]!)!["Message"]!) ?? []);
        return mails;
    }

    /// <summary>Until the twin's clock has gone on by so much.</summary>
    public Task PassAsync(TimeSpan time)
    {
        var until = Server.Clock.GetUtcNow() + time;
        return BecomesAsync(() => Task.FromResult(Server.Clock.GetUtcNow() >= until), $"{time} passed");
    }

    public async Task<string> AnswerAsync(Uri address) => await (await Http.GetAsync(address)).Content.ReadAsStringAsync();

    /// <summary>Waits until it is so.</summary>
    public static async Task BecomesAsync(Func<Task<bool>> condition, string what, double seconds = 60)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); !await condition();)
        {
            Assert.True(DateTime.UtcNow < until, $"did not happen within {seconds} s: {what}");
            await Task.Delay(50);
        }
    }
}

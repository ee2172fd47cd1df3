using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace MlDeploy.Specs.Aws.Twin.CodeDeploy;

/// <summary>A service of the test application behind a production and a test listener, with CodeDeploy's group for it; `v1` serves.</summary>
internal sealed class DeployedService(RunningTwin twin, string name)
{
    private const int TestPort = 9090;

    public string Name => name;

    public Uri Address { get; private set; } = null!;

    public Uri TestAddress { get; private set; } = null!;

    public string Listener { get; private set; } = "";

    public string TestListener { get; private set; } = "";

    public string Blue { get; private set; } = "";

    public string Green { get; private set; } = "";

    /// <param name="routing">A traffic routing configuration, as JSON.</param>
    /// <param name="ready">Minutes to wait for ContinueDeployment; 0 to go on by itself.</param>
    /// <param name="bake">Minutes before the original task set ends.</param>
    /// <param name="more">More of the group's members, each preceded by a comma.</param>
    public static async Task<DeployedService> CreateAsync(RunningTwin twin, string name, string routing, int ready, int bake, string more = "")
    {
        var made = new DeployedService(twin, name);
        (made.Blue, made.Green) = (await twin.GroupAsync($"{name}-blue"), await twin.GroupAsync($"{name}-green"));
        (var balancer, made.Address, made.Listener) = await twin.BalancerAsync(name, RunningTwin.Forward((made.Blue, 1)));
        made.TestListener = (await twin.QueryAsync("elasticloadbalancing", "CreateListener",
            $$"""{"LoadBalancerArn":"{{balancer}}","Protocol":"HTTP","Port":{{TestPort}},"DefaultActions":{{RunningTwin.Forward((made.Blue, 1))}} }""")).Descendants("ListenerArn").First().Value;
        made.TestAddress = new UriBuilder(made.Address) { Port = TestPort }.Uri;
        await twin.DefineAsync($"{name}-a", "registry/app:1", "TESTAPP_VERSION=v1");
        await twin.DefineAsync($"{name}-b", "registry/app:2", "TESTAPP_VERSION=v2");
        await twin.ServiceAsync(name, $"{name}-a", 1, made.Blue, "CODE_DEPLOY");
        var role = (await twin.QueryAsync("iam", "CreateRole", $$"""{"RoleName":"{{name}}-deploys","AssumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}""")).Descendants("Arn").First().Value;
        await twin.JsonAsync("codedeploy", "CreateApplication", $$"""{"applicationName":"{{name}}","computePlatform":"ECS"}""");
        await twin.JsonAsync("codedeploy", "CreateDeploymentConfig", $$"""{"deploymentConfigName":"{{name}}","computePlatform":"ECS","trafficRoutingConfig":{{routing}} }""");
        var option = ready > 0 ? $$"""{"actionOnTimeout":"STOP_DEPLOYMENT","waitTimeInMinutes":{{ready}} }""" : """{"actionOnTimeout":"CONTINUE_DEPLOYMENT"}""";
        await twin.JsonAsync("codedeploy", "CreateDeploymentGroup", $$"""
            {"applicationName":"{{name}}","deploymentGroupName":"{{name}}","deploymentConfigName":"{{name}}","serviceRoleArn":"{{role}}",
             "deploymentStyle":{"deploymentType":"BLUE_GREEN","deploymentOption":"WITH_TRAFFIC_CONTROL"},
             "ecsServices":[{"clusterName":"main","serviceName":"{{name}}"}],
             "loadBalancerInfo":{"targetGroupPairInfoList":[{"targetGroups":[{"name":"{{name}}-blue"},{"name":"{{name}}-green"}],
               "prodTrafficRoute":{"listenerArns":["{{made.Listener}}"]},"testTrafficRoute":{"listenerArns":["{{made.TestListener}}"]} }]},
             "blueGreenDeploymentConfiguration":{"deploymentReadyOption":{{option}},"terminateBlueInstancesOnDeploymentSuccess":{"action":"TERMINATE","terminationWaitTimeInMinutes":{{bake}} } },
             "autoRollbackConfiguration":{"enabled":true,"events":["DEPLOYMENT_FAILURE","DEPLOYMENT_STOP_ON_ALARM","DEPLOYMENT_STOP_ON_REQUEST"]}{{more}} }
            """);
        await RunningTwin.BecomesAsync(async () => (await twin.DescribeAsync(name))["taskSets"]![0]!["stabilityStatus"]!.GetValue<string>() == "STEADY_STATE", $"{name} serves v1");
        return made;
    }

    public static string Canary(int percent, int minutes) =>
        $$"""{"type":"TimeBasedCanary","timeBasedCanary":{"canaryPercentage":{{percent}},"canaryInterval":{{minutes}} } }""";

    public static string Revision(string taskDefinition, string hooks = "[]")
    {
        var spec = $$"""{"version":0.0,"Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":{"TaskDefinition":"{{taskDefinition}}","LoadBalancerInfo":{"ContainerName":"app","ContainerPort":8080} } } }],"Hooks":{{hooks}} }""";
        return new JsonObject { ["revisionType"] = "AppSpecContent", ["appSpecContent"] = new JsonObject { ["content"] = spec } }.ToJsonString();
    }

    /// <param name="more">More members of the call, each preceded by a comma.</param>
    public async Task<string> DeployAsync(string? taskDefinition = null, string more = "", string hooks = "[]") => (string)(await twin.JsonAsync("codedeploy", "CreateDeployment",
        $$"""{"applicationName":"{{name}}","deploymentGroupName":"{{name}}","revision":{{Revision(taskDefinition ?? $"{name}-b", hooks)}}{{more}} }"""))["deploymentId"]!;

    public async Task<JsonNode> GetAsync(string id) => (await twin.JsonAsync("codedeploy", "GetDeployment", $$"""{"deploymentId":"{{id}}"}"""))["deploymentInfo"]!;

    public async Task<JsonNode> BecomesAsync(string id, string status)
    {
        JsonNode info = new JsonObject();
        await RunningTwin.BecomesAsync(async () =>
        {
            info = await GetAsync(id);
            var now = (string?)info["status"];
            Assert.False(now != status && now is "Succeeded" or "Failed" or "Stopped" && status is not ("Succeeded" or "Failed" or "Stopped"), $"{status} was expected: {info}");
            return now == status;
        }, $"{id} is {status}");
        return info;
    }

    /// <summary>Once it is stopped: the deployment that rolls it back, at its end.</summary>
    public async Task<JsonNode> RolledBackAsync(string id, string status = "Succeeded") =>
        await BecomesAsync((string)(await BecomesAsync(id, "Stopped"))["rollbackInfo"]!["rollbackDeploymentId"]!, status);

    public Task ContinueAsync(string id, string wait) => twin.JsonAsync("codedeploy", "ContinueDeployment", $$"""{"deploymentId":"{{id}}","deploymentWaitType":"{{wait}}"}""");

    /// <summary>Blue's and green's share of a listener, as `80/20`.</summary>
    public async Task<string> WeightsAsync(string? listener = null)
    {
        var rules = await twin.QueryAsync("elasticloadbalancing", "DescribeListeners", $$"""{"ListenerArns":["{{listener ?? Listener}}"]}""");
        return $"{Weight(Blue)}/{Weight(Green)}";

        string Weight(string group) => rules.Descendants("TargetGroups").Elements("member").FirstOrDefault(each => each.Element("TargetGroupArn")?.Value == group)?.Element("Weight")?.Value ?? "-";
    }

    public Task WeightsBecomeAsync(string weights) => RunningTwin.BecomesAsync(async () => await WeightsAsync() == weights, $"the weights of {name} are {weights}");

    public async Task<JsonArray> SetsAsync() => (await twin.DescribeAsync(name))["taskSets"]!.AsArray();

    public async Task<string> VersionAsync(Uri? address = null) => (await twin.Http.GetAsync(new Uri(address ?? Address, "/predict"))).Headers.GetValues("x-testapp-version").Single();
}

using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>A provisioned service, whose versions the test application or the sample plays, and what the official command line says about it.</summary>
internal sealed class ScoringService : IDisposable
{
    /// <summary>The test listener answers to this machine.</summary>
    public const string AllowsTests = ", testListener: { allow: [127.0.0.0/8] }";

    private const int TestPort = 8443;

    private readonly TwinAccount account;

    private ScoringService(TwinAccount account, string prefix) => (this.account, User) = (account, new AwsUser(account, prefix));

    public AwsUser User { get; }

    public string Name => User.Name;

    /// <summary>Further settings under `targets.aws`, after a comma.</summary>
    private string Target { get; init; } = "";

    /// <summary>Deployments that are neither over nor undone yet.</summary>
    public Task<string[]> UnderWayAsync() => Aws.ListAsync(
        "deploy list-deployments", "deployments", "--application-name", Name, "--deployment-group-name", Name, "--include-only-statuses", "Created", "Queued", "InProgress", "Baking", "Ready");

    /// <summary>The production address.</summary>
    public Uri Url { get; private set; } = null!;

    private OfficialCommandLine Aws => account.Aws;

    /// <summary>Serves v1.</summary>
    /// <param name="behaviour">Further variables of v1.</param>
    /// <param name="target">Further settings under `targets.aws`.</param>
    /// <param name="more">Further top-level lines of the manifest.</param>
    public static async Task<ScoringService> ProvisionedAsync(TwinAccount account, string behaviour = "", string target = "", string more = "")
    {
        var service = new ScoringService(account, TwinAccount.Scoring) { Target = target };
        service.Write("v1", behaviour, more: more);
        service.Url = AwsUser.Url((await service.User.ProvisionAsync()).ExitsWith(0));
        return service;
    }

    /// <summary>The sample, of which v1 serves.</summary>
    public static async Task<ScoringService> OfTheSampleAsync(TwinAccount account)
    {
        var service = new ScoringService(account, TwinAccount.Fraud) { Target = AllowsTests };
        await account.Sample.BuildAsync();
        service.WriteSample("v1", Rollout.Canary);
        service.Url = AwsUser.Url((await service.User.ProvisionAsync()).ExitsWith(0));
        return service;
    }

    /// <param name="version">One of the sample's own.</param>
    public void WriteSample(string version, string rollout) => WriteManifest(account.Sample.Environment(version), version, rollout);

    /// <param name="version">`v2`: its number makes the image another one.</param>
    /// <param name="behaviour">Further variables, as in `TESTAPP_ERROR_RATE: '0.5'`.</param>
    /// <param name="rollout">In the manifest's flow style.</param>
    /// <param name="application">Further lines under `application`.</param>
    /// <param name="scaling">In the manifest's flow style.</param>
    /// <param name="more">Further top-level lines.</param>
    public void Write(string version, string behaviour = "", string rollout = Rollout.Canary, string application = "", string scaling = "{ min: 1, max: 2, on: { cpu: 80% } }", string more = "") =>
        WriteManifest($"TESTAPP_VERSION: {version}{(behaviour.Length > 0 ? $", {behaviour}" : "")}", version, rollout, application, scaling, more);

    /// <summary>v2, with a variable that is a secret, another that is not, and resources of its own.</summary>
    public void WriteSecret(string name, string reference, string environment, string resources, string rollout) =>
        WriteManifest(environment, "v2", rollout, $"resources: {resources}\n  secrets: {{ {name}: '{reference}' }}");

    private void WriteManifest(string environment, string version, string rollout, string application = "", string scaling = "{ min: 1, max: 2, on: { cpu: 80% } }", string more = "")
    {
        ImageArchive.Write(Path.Combine(User.Sources, "image.tar"), seed: version[1]);
        File.WriteAllText(Path.Combine(User.Sources, "mlapp.yaml"), $$"""
            apiVersion: mldeploy/v1
            name: {{Name}}
            version: {{version}}
            application:
              image: archive:image.tar
              port: 8080
              health: { path: /health, startWithin: 60s }
              environment: { {{environment}} }
              {{application}}
            scaling: {{scaling}}
            rollout: {{rollout}}
            targets: { aws: { region: {{TwinAccount.Region}}{{Target}} } }
            {{more}}

            """);
    }

    /// <summary>The same manifest and account, and nothing else of this machine's state.</summary>
    public AwsUser OnAnotherMachine() => new(account, User);

    public Task ConfirmMailsAsync() => account.ConfirmMailsAsync(Name);

    /// <summary>Values of the next 100 minutes, which CloudWatch takes two hours ahead, one each half minute, with one dimension.</summary>
    public async Task PublishAsync(string space, string metric, string dimension, params (string Of, double Value)[] values)
    {
        var now = account.Twin.Clock.GetUtcNow();
        var data = new JsonArray([.. values.SelectMany(value => Enumerable.Range(0, 200).Select(at => (JsonNode)new JsonObject
        {
            ["MetricName"] = metric,
            ["Dimensions"] = new JsonArray(JsonNode.Parse($$"""{ "Name": "{{dimension}}", "Value": "{{value.Of}}" }""")),
            ["Timestamp"] = now.AddSeconds(30 * at).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["Value"] = value.Value,
        }))]);
        var file = Path.Combine(User.Root, "data.json");
        await File.WriteAllTextAsync(file, data.ToJsonString());
        await Aws.AskAsync("cloudwatch put-metric-data", "@", "--namespace", space, "--metric-data", $"file://{file}");
    }

    /// <summary>The body of its dashboard.</summary>
    public async Task<string> DashboardAsync() => (await Aws.AskAsync("cloudwatch get-dashboard", "DashboardBody", "--dashboard-name", Name))!.ToString();

    public Task<ToolResult> DeployAsync() => User.RunAsync("deploy -t aws");

    public ToolProcess BeginDeploy() => User.Start("deploy", "-t", "aws");

    /// <summary>Who answers now, as the customer sees it.</summary>
    public async Task<string> ServesAsync()
    {
        using var reply = await account.Http.GetAsync(new Uri(Url, "/health"));
        return reply.Headers.TryGetValues("x-testapp-version", out var version) ? version.Single() : $"{reply.StatusCode}";
    }

    /// <summary>Blue and green, as in `70/30`, from the production listener.</summary>
    public async Task<string> WeightsAsync()
    {
        var balancer = (await Aws.AskAsync("elbv2 describe-load-balancers", $"LoadBalancers[?contains(LoadBalancerName, '{Name}')].LoadBalancerArn | [0]"))!.ToString();
        var groups = (await Aws.AskAsync(
            "elbv2 describe-listeners", "Listeners[?Port!=`8443`].DefaultActions[].ForwardConfig.TargetGroups[]", "--load-balancer-arn", balancer))!.AsArray();
        int Of(string colour) => groups.Where(group => group!["TargetGroupArn"]!.ToString().Contains($"{Name}-{colour}/", StringComparison.Ordinal)).Sum(group => (int)group!["Weight"]!);
        return $"{Of("blue")}/{Of("green")}";
    }

    /// <summary>The task definition that the primary task set runs, as it was registered.</summary>
    public async Task<JsonNode> PrimaryAsync()
    {
        var definition = await Aws.AskAsync("ecs describe-services", "services[0].taskSets[?status=='PRIMARY'].taskDefinition | [0]", "--cluster", Name, "--services", Name);
        return (await Aws.AskAsync("ecs describe-task-definition", "taskDefinition", "--task-definition", definition!.ToString()))!;
    }

    /// <summary>Blue and green in percent, however the listener writes it.</summary>
    public async Task<string> ShareAsync()
    {
        var weights = (await WeightsAsync()).Split('/').Select(int.Parse).ToArray();
        return $"{100 * weights[0] / weights.Sum()}/{100 * weights[1] / weights.Sum()}";
    }

    /// <summary>The tasks that run, by their ARNs.</summary>
    public async Task<string[]> TasksAsync() => [.. (await Aws.ListAsync("ecs list-tasks --desired-status RUNNING", "taskArns", "--cluster", Name)).Order(StringComparer.Ordinal)];

    /// <summary>Alarms of the application in the state ALARM.</summary>
    public Task<string[]> FiringAsync() => Aws.ListAsync("cloudwatch describe-alarms --state-value ALARM", "MetricAlarms[].AlarmName", "--alarm-name-prefix", Name);

    /// <summary>Of the n-th deployment that this machine carried out.</summary>
    public string Journal(int number) => Path.Combine(User.Root, "state", ".aws", Name, "deployments", $"{number:0000}", "journal.jsonl");

    /// <summary>Waits as long as the command runs that is to bring them about.</summary>
    public async Task WeightsBecomeAsync(string weights, ToolProcess by)
    {
        var now = "";
        await Until.TrueAsync(
            async () => (now = await WeightsAsync()) == weights || (by.HasExited ? throw new Xunit.Sdk.XunitException($"the weights are {now}, not {weights}: {await by.ResultAsync()}") : false),
            () => $"the weights are {weights}, which are {now}:\n{by.Output}{by.Errors}");
    }

    /// <summary>CodeDeploy's statuses, newest first.</summary>
    public async Task<string[]> DeploymentsAsync()
    {
        var ids = await Aws.ListAsync("deploy list-deployments", "deployments", "--application-name", Name, "--deployment-group-name", Name);
        return ids.Length == 0 ? [] : await Aws.ListAsync("deploy batch-get-deployments", "reverse(sort_by(deploymentsInfo, &createTime))[].status", ["--deployment-ids", .. ids]);
    }

    public Task<string[]> HeartbeatAlarmsAsync() => Aws.ListAsync("cloudwatch describe-alarms", $"MetricAlarms[?Namespace=='mldeploy' && contains(AlarmName, '{Name}')].AlarmName");

    /// <summary>Blue's and green's percentages in the data plane itself, as the next request will meet them: cheap enough to be watched.</summary>
    public string WeightsInForce()
    {
        var balancer = account.Twin.Part<LoadBalancingService>().Describe()!.Value.Content.AsArray().Single(balancer => $"{balancer!["name"]}" == Name)!;
        var groups = balancer["listeners"]!.AsArray().Where(listener => (int)listener!["port"]! != TestPort).SelectMany(listener => listener!["forwards"]!.AsObject()).ToArray();
        int Of(string colour) => groups.Where(group => group.Key.Contains($"/{Name}-{colour}/", StringComparison.Ordinal)).Sum(group => (int)group.Value!);
        var all = Of("blue") + Of("green");
        return $"{100 * Of("blue") / all}/{100 * Of("green") / all}";
    }

    /// <summary>Whether autoscaling may act: neither suspended nor held at one number.</summary>
    public async Task<bool> ScalesAsync()
    {
        var bounds = await Aws.ListAsync("application-autoscaling describe-scalable-targets", $"ScalableTargets[?contains(ResourceId, '{Name}')].[MinCapacity, MaxCapacity][]", "--service-namespace", "ecs");
        if (!bounds.SequenceEqual(["1", "2"]))
        {
            return false;
        }

        var suspended = await Aws.ListAsync(
            "application-autoscaling describe-scalable-targets", $"ScalableTargets[?contains(ResourceId, '{Name}')].SuspendedState.[DynamicScalingInSuspended, DynamicScalingOutSuspended][]", "--service-namespace", "ecs");
        return suspended.Length > 0 && suspended.All(part => part.Equals("false", StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose() => User.Dispose();
}

/// <summary>Rollouts in a manifest's flow style.</summary>
internal static class Rollout
{
    private const string Gates = "warmup: 0s, minimumRequests: 20, gates: [ { metric: http.errors, max: 5%, maxIncrease: 2% } ]";

    public const string Canary = $"{{ strategy: canary, steps: [ {{ weight: 40%, for: 5m }} ], bake: 3m, {Gates} }}";

    /// <summary>A quarter every five minutes: at least two whole minutes of each have settled before the next.</summary>
    public const string Linear = $"{{ strategy: linear, steps: [ {{ weight: 25%, for: 5m }}, {{ weight: 50%, for: 5m }}, {{ weight: 75%, for: 5m }} ], bake: 3m, {Gates} }}";

    /// <summary>Every kind of metric that CloudWatch, ECS and the balancer have, so that all are asked.</summary>
    public const string EveryMetric =
        "{ strategy: canary, steps: [ { weight: 40%, for: 8m } ], bake: 3m, warmup: 60s, minimumRequests: 20, gates: [ { metric: http.errors, max: 5%, maxIncrease: 2% }, "
        + "{ metric: latency.p90, max: 10s, maxRatio: 50 }, { metric: restarts, max: 0 }, { metric: health, min: 50% } ] }";

    public const string BlueGreen = $"{{ strategy: blue-green, bake: 5m, {Gates} }}";
}

using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>A provisioned service whose versions the test application plays, and what the official command line says about it.</summary>
internal sealed class ScoringService : IDisposable
{
    private readonly TwinAccount account;

    private ScoringService(TwinAccount account) => (this.account, User) = (account, new AwsUser(account, TwinAccount.Scoring));

    public AwsUser User { get; }

    public string Name => User.Name;

    /// <summary>The production address.</summary>
    public Uri Url { get; private set; } = null!;

    private OfficialCommandLine Aws => account.Aws;

    /// <summary>Serves v1.</summary>
    /// <param name="more">Further top-level lines of the manifest.</param>
    public static async Task<ScoringService> ProvisionedAsync(TwinAccount account, string more = "")
    {
        var service = new ScoringService(account);
        service.Write("v1", more: more);
        service.Url = AwsUser.Url((await service.User.ProvisionAsync()).ExitsWith(0));
        return service;
    }

    /// <param name="version">`v2`: its number makes the image another one.</param>
    /// <param name="behaviour">Further variables, as in `TESTAPP_ERROR_RATE: '0.5'`.</param>
    /// <param name="rollout">In the manifest's flow style.</param>
    /// <param name="more">Further top-level lines.</param>
    public void Write(string version, string behaviour = "", string rollout = Rollout.Canary, string more = "")
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
              environment: { TESTAPP_VERSION: {{version}}{{(behaviour.Length > 0 ? $", {behaviour}" : "")}} }
            scaling: { min: 1, max: 2, on: { cpu: 80% } }
            rollout: {{rollout}}
            targets: { aws: { region: {{TwinAccount.Region}} } }
            {{more}}

            """);
    }

    /// <summary>The same manifest and account, and nothing else of this machine's state.</summary>
    public AwsUser OnAnotherMachine() => new(account, User);

    /// <summary>Follows the links in the mails that ask whether somebody wants to be told.</summary>
    public async Task ConfirmMailsAsync()
    {
        foreach (var body in await account.MailsAsync(Name))
        {
            foreach (var link in body.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Contains("/sns/confirm", StringComparison.Ordinal)))
            {
                (await account.Http.GetAsync(new Uri(link))).EnsureSuccessStatusCode();
            }
        }
    }

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

    /// <summary>Whether autoscaling may act.</summary>
    public async Task<bool> ScalesAsync()
    {
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

    public const string BlueGreen = $"{{ strategy: blue-green, bake: 5m, {Gates} }}";
}

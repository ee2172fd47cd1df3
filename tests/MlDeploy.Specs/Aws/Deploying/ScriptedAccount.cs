using System.Text.Json.Nodes;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.AwsTwin.Clock;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Specs.Aws.Clients;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>An account that answers each action as it is told to, in a time that runs many times as fast: what goes wrong, goes wrong on demand.</summary>
internal sealed class ScriptedAccount : IDisposable
{
    public const double Speed = 200;
    public const string Stable = "arn:aws:ecs:eu-central-1:123456789012:task-definition/fraud-a:3";
    public const string Candidate = "arn:aws:ecs:eu-central-1:123456789012:task-definition/fraud-b:4";

    private readonly Dictionary<string, Func<HttpResponseMessage>> answers = new(StringComparer.Ordinal);
    private readonly HttpClient http = new();
    private readonly double speed;

    /// <param name="speed">Seconds a real second.</param>
    public ScriptedAccount(double speed = Speed)
    {
        this.speed = speed;
        Clock = new TwinClock(speed);
        Json("ListDeployments", """{"deployments":[]}""");
        Json("DescribeScheduledActions", """{"ScheduledActions":[]}""");
        Json("GetDeployment", """{"deploymentInfo":{"deploymentId":"d-1","status":"InProgress"}}""");
        Json("ListDeploymentTargets", """{"targetIds":[]}""");
        Json("StopDeployment", """{"status":"Pending"}""");
        Xml("PutMetricData", "");
        Xml("PutMetricAlarm", "");
        Json("UpdateSchedule", "{}");
        Json("DeleteSchedule", "{}");
        Xml("DeleteAlarms", "");
        Serving(candidate: 20);
    }

    public TwinClock Clock { get; }

    public List<string> Notes { get; } = [];

    public List<string> Calls { get; } = [];

    public static DeploymentPlace Place { get; } = new()
    {
        Application = "fraud",
        CodeDeployApplication = "fraud",
        DeploymentGroup = "fraud",
        Cluster = "fraud",
        Service = "fraud",
        ProductionListener = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/fraud/1/2",
        LoadBalancer = "app/fraud/1",
        Blue = new TargetGroupPlace("arn:blue", "targetgroup/fraud-blue/1"),
        Green = new TargetGroupPlace("arn:green", "targetgroup/fraud-green/1"),
        Url = "http://fraud.example/",
        TestUrl = "http://127.0.0.1:9/",
        TopicArn = "arn:aws:sns:eu-central-1:123456789012:fraud-events",
        LogGroup = "/mldeploy/fraud",
        HeartbeatRole = "arn:aws:iam::123456789012:role/mldeploy-fraud-application-HeartbeatRole-1",
        Alarms = ["fraud-errors", "fraud-unhealthy"],
    };

    public void Json(string action, string body, int status = 200) => answers[action] = () => Sessions.Json(status, body);

    public void Xml(string action, string result) => answers[action] = () => Sessions.Xml(200, $"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>");

    public void Refuse(string action, string code, string message) => answers[action] = () => Refused(code, message);

    /// <summary>One answer after the other; the last is given from then on.</summary>
    public void InTurn(string action, params Func<HttpResponseMessage>[] turns)
    {
        var turn = 0;
        answers[action] = () => turns[Math.Min(turn++, turns.Length - 1)]();
    }

    public static HttpResponseMessage Answered(string body) => Sessions.Json(200, body);

    public static HttpResponseMessage Refused(string code, string message) => Sessions.Json(400, $$"""{"__type":"{{code}}","message":"{{message}}"}""");

    /// <summary>What `deploy` needs until it has created its deployment.</summary>
    public void ReadyToBegin()
    {
        Alarms(("fraud-errors", "OK"), ("fraud-unhealthy", "OK"));
        Serving(candidate: 0);
        Json("GetDeploymentConfig", """{"deploymentConfigInfo":{"deploymentConfigName":"fraud-canary-20pct-5m"}}""");
        Json("GetDeploymentGroup", """{"deploymentGroupInfo":{"applicationName":"fraud","deploymentGroupName":"fraud"}}""");
        Json("UpdateDeploymentGroup", "{}");
        Xml("PutMetricAlarm", "");
        Json("CreateDeployment", """{"deploymentId":"d-1"}""");
    }

    /// <summary>A failure, and then another script.</summary>
    public void Once(string action, Action then) => answers[action] = () =>
    {
        then();
        return Sessions.Json(400, $$"""{"__type":"InvalidDeploymentIdException","message":"{{action}} fails this once"}""");
    };

    /// <summary>All that a deployment needs, up to CreateDeployment: that is refused, since one of this description is under way.</summary>
    public void Created(string description)
    {
        Alarms(("fraud-errors", "OK"), ("fraud-unhealthy", "OK"));
        Json("GetDeploymentConfig", """{"deploymentConfigInfo":{"deploymentConfigName":"c"}}""");
        Json("GetDeploymentGroup", """{"deploymentGroupInfo":{"applicationName":"fraud","deploymentGroupName":"fraud","deploymentConfigName":"c"}}""");
        Json("UpdateDeploymentGroup", "{}");
        Refuse("CreateDeployment", "DeploymentLimitExceededException", "The Deployment Group 'fraud' already has an active Deployment 'd-9'");
        Json("ListDeployments", """{"deployments":["d-9"]}""");
        Json("BatchGetDeployments", $$"""{"deploymentsInfo":[{"deploymentId":"d-9","status":"InProgress","createTime":1795233600,"description":"{{description}}"}]}""");
        Xml("GetMetricData", "<MetricDataResults></MetricDataResults>");
    }

    /// <param name="candidate">Percent of the traffic at green, where the candidate is.</param>
    public void Serving(int candidate)
    {
        answers["DescribeListeners"] = () => Weighted(candidate);
        Xml("DescribeTargetHealth", "<TargetHealthDescriptions><member><Target><Id>10.0.0.1</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions>");
        Json("DescribeServices", $$"""
            {"services":[{"serviceArn":"arn:s","serviceName":"fraud","status":"ACTIVE","taskSets":[
              {"id":"1","taskDefinition":"{{Stable}}","runningCount":1,"loadBalancers":[{"targetGroupArn":"arn:blue"}]},
              {"id":"2","taskDefinition":"{{Candidate}}","runningCount":1,"loadBalancers":[{"targetGroupArn":"arn:green"}]}]}]}
            """);
    }

    /// <summary>The production listener's answer.</summary>
    /// <param name="candidate">Percent.</param>
    public static HttpResponseMessage Weighted(int candidate) => Sessions.Xml(200, $"""
            <DescribeListenersResponse><DescribeListenersResult><Listeners><member><ListenerArn>{Place.ProductionListener}</ListenerArn><DefaultActions><member><Type>forward</Type><ForwardConfig><TargetGroups>
            <member><TargetGroupArn>arn:blue</TargetGroupArn><Weight>{100 - candidate}</Weight></member><member><TargetGroupArn>arn:green</TargetGroupArn><Weight>{candidate}</Weight></member>
            </TargetGroups></ForwardConfig></member></DefaultActions></member></Listeners></DescribeListenersResult></DescribeListenersResponse>
            """);

    public void Alarms(params (string Name, string State)[] alarms) => answers["DescribeAlarms"] = () => Described(alarms);

    public static HttpResponseMessage Described(params (string Name, string State)[] alarms) => Sessions.Xml(200,
        $"<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms>{string.Concat(alarms.Select(alarm =>
            $"<member><AlarmName>{alarm.Name}</AlarmName><AlarmArn>arn:{alarm.Name}</AlarmArn><StateValue>{alarm.State}</StateValue><StateReason>Threshold Crossed: 3 datapoints were greater than the threshold (5.0).</StateReason><StateUpdatedTimestamp>2026-11-21T04:00:00Z</StateUpdatedTimestamp></member>"))}</MetricAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>");

    /// <summary>The last deployment was stopped a minute ago; the alarms have fired since.</summary>
    public void StoppedBefore()
    {
        Json("ListDeployments", """{"deployments":["d-0","d-00"]}""");
        var (began, ended) = (new DateTimeOffset(2026, 11, 21, 3, 55, 0, TimeSpan.Zero).ToUnixTimeSeconds(), Clock.GetUtcNow().AddMinutes(-1).ToUnixTimeSeconds());
        Json("BatchGetDeployments", $$"""
            {"deploymentsInfo":[{"deploymentId":"d-00","status":"Failed","creator":"codeDeployRollback","createTime":{{ended}},"completeTime":{{ended}}},
              {"deploymentId":"d-0","status":"Stopped","creator":"user","createTime":{{began}},"completeTime":{{ended}}}]}
            """);
    }

    public AppManifest Manifest { get; } = ManifestReader.ReadCanonical(new JsonObject
    {
        ["apiVersion"] = "mldeploy/v1",
        ["name"] = "fraud",
        ["version"] = "v2",
        ["application"] = new JsonObject { ["image"] = "registry/app:2" },
        ["rollout"] = CanaryOnTheTwin.Canary(20, 5, 5),
        ["targets"] = new JsonObject { ["aws"] = new JsonObject() },
    }.ToJsonString()).Manifest!;

    /// <summary>As the rollout hands it to the target before each step.</summary>
    public Judge Judge { get; private set; } = null!;

    /// <summary>A target in the midst of a deployment, or before one.</summary>
    public async Task<AwsRolloutTarget> TargetAsync(bool running = true)
    {
        var session = await Sessions.AnsweredAsync(Answer, options => options with { Retries = new() { Attempts = 2, FirstDelay = TimeSpan.FromMilliseconds(1) }, Pace = new() { PerSecond = 5 * speed } });
        var manifest = Manifest;
        Judge = new Judge(RolloutJudging.PlanFor(manifest, AwsRolloutPlan.For(manifest.Rollout)));
        var heartbeat = new HeartbeatName("fraud", "1a2b3c4d");
        var order = new CandidateOrder
        {
            Manifest = manifest,
            Plan = AwsRolloutPlan.For(manifest.Rollout),
            Stable = new DeployedVersion(Stable, "v1", "registry/app@sha256:0123456789abcdef", null, null, null, null),
            Candidate = "v2",
            TaskDefinition = Candidate,
            Container = "application",
            Port = 8080,
            Holder = "ada@laptop",
            Adopted = running
                ? new RunningDeployment(new() { DeploymentId = "d-1", Status = "InProgress" }, heartbeat, TimeSpan.FromSeconds(40), Candidate)
                : null,
        };
        var evidence = new OutsideEvidence(
            http, new CommandRunner(TimeProvider.System), Path.GetTempPath(), System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, manifest, "v2", Place.TestUrl, TimeProvider.System);
        var target = new AwsRolloutTarget(session, Place, order, evidence, Clock, new Random(1), Notes.Add);
        if (running)
        {
            await target.StartCandidateAsync(CancellationToken.None);
        }

        return target;
    }

    public void Dispose() => http.Dispose();

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var action = request.Headers.TryGetValues("X-Amz-Target", out var targets) ? targets.Single().Split('.')[^1]
            : request.RequestUri!.AbsolutePath.StartsWith("/schedules/", StringComparison.Ordinal) ? $"{(request.Method == HttpMethod.Put ? "Update" : request.Method == HttpMethod.Delete ? "Delete" : "Create")}Schedule"
            : System.Web.HttpUtility.ParseQueryString(request.Content!.ReadAsStringAsync().GetAwaiter().GetResult())["Action"]!;
        lock (Calls)
        {
            Calls.Add(action);
        }

        return answers.TryGetValue(action, out var answer) ? answer() : Sessions.Json(400, $$"""{"__type":"ValidationException","message":"{{action}} is not in the script"}""");
    }
}

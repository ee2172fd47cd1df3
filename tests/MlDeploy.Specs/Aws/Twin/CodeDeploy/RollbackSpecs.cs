using System.Text.Json.Nodes;

namespace MlDeploy.Specs.Aws.Twin.CodeDeploy;

/// <summary>Deployments that end before their end, and what brings the old version back.</summary>
[Collection(RunningTwin.Collection)]
public sealed class RollbackSpecs(RunningTwin twin)
{
    [Fact]
    public async Task A_stopped_shift_and_a_stopped_bake_are_rolled_back_by_deployments_of_their_own()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "stopped", DeployedService.Canary(25, 600), ready: 0, bake: 600);
        await using var traffic = new Requests(twin.Http, service.Address);
        var id = await service.DeployAsync();
        await service.WeightsBecomeAsync("75/25");
        Assert.Equal("Succeeded", await twin.Aws.AskAsync("status", "deploy", "stop-deployment", "--deployment-id", id, "--auto-rollback-enabled"));
        var rollback = await service.RolledBackAsync(id);
        var stopped = await service.GetAsync(id);
        Assert.Equal("MANUAL_STOP", (string?)stopped["errorInformation"]!["code"]);
        Assert.Equal(("codeDeployRollback", id), ((string?)rollback["creator"], (string?)rollback["rollbackInfo"]!["rollbackTriggeringDeploymentId"]));
        await StandsAsync(service, "v1");

        // With all traffic shifted and the new version the primary one.
        var other = await service.DeployAsync(more: ""","deploymentConfigName":"CodeDeployDefault.ECSAllAtOnce" """);
        await service.WeightsBecomeAsync("0/100");
        await RunningTwin.BecomesAsync(async () => (bool)(await service.GetAsync(other))["instanceTerminationWaitTimeStarted"]!, "it bakes");
        Assert.Equal("v2", await service.VersionAsync());
        await twin.JsonAsync("codedeploy", "StopDeployment", $$"""{"deploymentId":"{{other}}"}""");
        await service.RolledBackAsync(other);
        await StandsAsync(service, "v1");
        Assert.Equal(["v1", "v2"], (await traffic.EndAsync()).Keys.Order(StringComparer.Ordinal));
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Without_rollback_everything_stays_as_it_was_and_the_next_deployment_clears_it_away()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "left", DeployedService.Canary(25, 600), ready: 0, bake: 0);
        var id = await service.DeployAsync();
        await service.WeightsBecomeAsync("75/25");
        await twin.Aws.RunAsync("deploy", "stop-deployment", "--deployment-id", id, "--no-auto-rollback-enabled");
        Assert.Null((await service.BecomesAsync(id, "Stopped"))["rollbackInfo"]);
        Assert.Equal(("75/25", 2), (await service.WeightsAsync(), (await service.SetsAsync()).Count));
        await service.BecomesAsync(await service.DeployAsync(more: ""","deploymentConfigName":"CodeDeployDefault.ECSAllAtOnce" """), "Succeeded");
        Assert.Equal("0/100", await service.WeightsAsync());
        Assert.Single(await service.SetsAsync());
    }

    [Fact]
    public async Task An_alarm_rolls_back_what_runs_and_refuses_what_would_start()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "alarmed", DeployedService.Canary(25, 600), ready: 0, bake: 0);
        await AlarmAsync("notBreaching");
        await RunningTwin.BecomesAsync(async () => await StateAsync() == "OK", "the alarm is OK");
        await using var traffic = new Requests(twin.Http, service.Address);
        const string alarms = ""","overrideAlarmConfiguration":{"enabled":true,"alarms":[{"name":"alarmed"}]}""";
        var id = await service.DeployAsync(more: alarms);
        await service.WeightsBecomeAsync("75/25");
        await AlarmAsync("breaching");
        var rollback = await service.RolledBackAsync(id);
        Assert.Equal("codeDeployRollback", (string?)rollback["creator"]);
        Assert.Contains("Activated alarms: <alarmed>", await twin.Aws.AskAsync("deploymentInfo.errorInformation.message", "deploy", "get-deployment", "--deployment-id", id), StringComparison.Ordinal);
        await StandsAsync(service, "v1");

        var refused = await service.BecomesAsync(await service.DeployAsync(more: alarms), "Stopped");
        Assert.Equal("ALARM_ACTIVE", (string?)refused["errorInformation"]!["code"]);
        Assert.Null(refused["rollbackInfo"]!["rollbackDeploymentId"]);
        Assert.Single(await service.SetsAsync());
        await traffic.EndAsync();

        // Alarms that CodeDeploy cannot read stop a deployment too, unless they are to be ignored.
        await AlarmAsync("notBreaching");
        await RunningTwin.BecomesAsync(async () => await StateAsync() == "OK", "the alarm is OK again");
        var blind = await service.DeployAsync(more: alarms);
        await service.WeightsBecomeAsync("75/25");
        twin.Server.Faults.Set(new() { Fail = [new("cloudwatch:DescribeAlarms", "InternalFailure", "down", 500)] });
        try
        {
            await service.RolledBackAsync(blind);
        }
        finally
        {
            twin.Server.Faults.Set(new());
        }

        Assert.Contains("could not be retrieved from Amazon CloudWatch", (string?)(await service.GetAsync(blind))["errorInformation"]!["message"], StringComparison.Ordinal);

        Task AlarmAsync(string missing) => twin.JsonAsync("monitoring", "PutMetricAlarm", $$"""
            {"AlarmName":"alarmed","Namespace":"none","MetricName":"none","Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"{{missing}}"}
            """);

        async Task<string?> StateAsync() => (string?)(await twin.JsonAsync("monitoring", "DescribeAlarms", """{"AlarmNames":["alarmed"]}"""))["MetricAlarms"]![0]!["StateValue"];
    }

    [Fact]
    public async Task A_candidate_that_never_gets_healthy_is_never_asked_and_goes_when_stopped()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "ill-cd", DeployedService.Canary(25, 600), ready: 600, bake: 0);
        await twin.DefineAsync("ill-cd-b", "registry/app:2", "TESTAPP_VERSION=v2", "TESTAPP_UNHEALTHY_AFTER=0");
        await using var traffic = new Requests(twin.Http, service.Address);
        var id = await service.DeployAsync();
        await RunningTwin.BecomesAsync(async () => (await service.SetsAsync()).Any(set => (string?)set!["status"] == "ACTIVE" && (int)set["runningCount"]! > 0), "the candidate runs");
        await twin.SaysAsync("ill-cd", "is unhealthy in (target-group");
        Assert.Equal("InProgress", (string?)(await service.GetAsync(id))["status"]);
        await twin.JsonAsync("codedeploy", "StopDeployment", $$"""{"deploymentId":"{{id}}","autoRollbackEnabled":true}""");
        await service.RolledBackAsync(id);
        await StandsAsync(service, "v1");
        Assert.Equal(["v1"], (await traffic.EndAsync()).Keys);
        var target = await twin.JsonAsync("codedeploy", "GetDeploymentTarget", $$"""{"deploymentId":"{{id}}","targetId":"main:ill-cd"}""");
        Assert.Equal("Failed", (string?)target["deploymentTarget"]!["ecsTarget"]!["lifecycleEvents"]!.AsArray().Single(each => (string?)each!["lifecycleEventName"] == "Install")!["status"]);
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task After_sixty_minutes_without_health_a_deployment_fails_and_is_rolled_back()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "hour", DeployedService.Canary(25, 600), ready: 600, bake: 0);
        await twin.DefineAsync("hour-b", "registry/app:2", "TESTAPP_VERSION=v2", "TESTAPP_UNHEALTHY_AFTER=0");
        var id = await service.DeployAsync();
        await RunningTwin.BecomesAsync(async () => (string?)(await service.GetAsync(id))["status"] == "Failed", "the deployment fails", seconds: 120);
        var failed = await service.GetAsync(id);
        Assert.Equal("The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.", (string?)failed["errorInformation"]!["message"]);
        await service.BecomesAsync((string)failed["rollbackInfo"]!["rollbackDeploymentId"]!, "Succeeded");
        await StandsAsync(service, "v1");
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Scaling_that_leaves_the_service_unsteady_for_five_minutes_fails_a_deployment()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "scaled", DeployedService.Canary(25, 600), ready: 0, bake: 0);
        await twin.JsonAsync("ssm", "PutParameter", """{"Name":"scaled","Value":"x","Type":"SecureString"}""");
        await twin.JsonAsync("ecs", "RegisterTaskDefinition", """
            {"family":"scaled-b","cpu":"256","memory":"512","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"containerDefinitions":[{"name":"app","image":"registry/app:2",
             "portMappings":[{"containerPort":8080}],"environment":[{"name":"TESTAPP_VERSION","value":"v2"}],"secrets":[{"name":"TOKEN","valueFrom":"scaled"}]}]}
            """);
        var id = await service.DeployAsync();
        await service.WeightsBecomeAsync("75/25");
        // Steady when scaled to two, and to three only in the old version: the new one's third task lacks its secret.
        await ScaleAsync(2);
        await RunningTwin.BecomesAsync(async () => (await service.SetsAsync()).All(set => (int)set!["runningCount"]! == 2 && (string?)set["stabilityStatus"] == "STEADY_STATE"), "both have two tasks");
        await twin.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal("InProgress", (string?)(await service.GetAsync(id))["status"]);
        await twin.JsonAsync("ssm", "DeleteParameter", """{"Name":"scaled"}""");
        await ScaleAsync(3);
        await RunningTwin.BecomesAsync(async () => (string?)(await service.GetAsync(id))["status"] == "Failed", "the deployment fails");
        var failed = await service.GetAsync(id);
        Assert.Contains("did not reach a steady state within 5 minutes", (string?)failed["errorInformation"]!["message"], StringComparison.Ordinal);
        await service.BecomesAsync((string)failed["rollbackInfo"]!["rollbackDeploymentId"]!, "Succeeded");
        await StandsAsync(service, "v1");

        Task ScaleAsync(int count) => twin.JsonAsync("ecs", "UpdateService", $$"""{"cluster":"main","service":"scaled","desiredCount":{{count}} }""");
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_ready_wait_that_nobody_ends_stops_the_deployment()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "unready", DeployedService.Canary(25, 600), ready: 1, bake: 0);
        var id = await service.DeployAsync();
        await service.RolledBackAsync(id);
        Assert.Equal("TIMEOUT", (string?)(await service.GetAsync(id))["errorInformation"]!["code"]);
        await StandsAsync(service, "v1");
    }

    [Fact]
    public async Task A_rollback_that_is_denied_fails_says_so_and_leaves_the_weights_to_be_read()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "denied", DeployedService.Canary(25, 600), ready: 0, bake: 0);
        var id = await service.DeployAsync();
        await service.WeightsBecomeAsync("75/25");
        JsonNode rollback;
        twin.Server.Faults.Set(new() { Deny = ["elasticloadbalancing:Modify*"], Fail = [new("codedeploy:StopDeployment", "ThrottlingException", "Rate exceeded", Times: 1)] });
        try
        {
            var refusal = await Assert.ThrowsAsync<MlDeploy.AwsTwin.Front.AwsError>(() => StopAsync(id));
            Assert.Equal("ThrottlingException", refusal.Code);
            await StopAsync(id);
            rollback = await service.RolledBackAsync(id, "Failed");
        }
        finally
        {
            twin.Server.Faults.Set(new());
        }

        Assert.Equal("IAM_ROLE_PERMISSIONS", (string?)rollback["errorInformation"]!["code"]);
        Assert.Contains("failed to roll back", (string?)(await service.GetAsync(id))["rollbackInfo"]!["rollbackMessage"], StringComparison.Ordinal);
        Assert.Equal(("75/25", 2), (await service.WeightsAsync(), (await service.SetsAsync()).Count));

        Task StopAsync(string deployment) => twin.JsonAsync("codedeploy", "StopDeployment", $$"""{"deploymentId":"{{deployment}}","autoRollbackEnabled":true}""");
    }

    [Fact]
    public async Task What_cannot_be_deployed_fails_in_the_words_of_aws()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "wrong", DeployedService.Canary(25, 600), ready: 0, bake: 0);
        Assert.Equal("INVALID_LAMBDA_FUNCTION", await FailsAsync(await service.DeployAsync(hooks: """[{"BeforeInstall":"function"}]""")));
        Assert.Equal("ECS_UPDATE_ERROR", await FailsAsync(await service.DeployAsync("nowhere:7")));
        await twin.QueryAsync("iam", "DeleteRole", """{"RoleName":"wrong-deploys"}""");
        Assert.Equal("IAM_ROLE_MISSING", await FailsAsync(await service.DeployAsync()));
        await StandsAsync(service, "v1");
        Assert.Contains("DescriptionTooLongException", await CreateAsync("--revision", DeployedService.Revision("wrong-b"), "--description", new string('x', 101)), StringComparison.Ordinal);
        Assert.Contains("InvalidRevisionException", await CreateAsync("--revision", """{"revisionType":"AppSpecContent","appSpecContent":{"content":"{}","sha256":"0"}}"""), StringComparison.Ordinal);
        Assert.Contains("InvalidAlarmConfigException", await CreateAsync("--revision", DeployedService.Revision("wrong-b"), "--override-alarm-configuration", """{"enabled":true,"alarms":[]}"""), StringComparison.Ordinal);
        Assert.Contains("DeploymentDoesNotExistException", await twin.Aws.FailAsync("deploy", "get-deployment", "--deployment-id", "d-ABCDEFGHI"), StringComparison.Ordinal);

        Task<string> CreateAsync(params string[] more) => twin.Aws.FailAsync(["deploy", "create-deployment", "--application-name", "wrong", "--deployment-group-name", "wrong", .. more]);

        async Task<string?> FailsAsync(string id) => (string?)(await service.BecomesAsync(id, "Failed"))["errorInformation"]!["code"];
    }

    /// <summary>One task set serves everything, on both listeners.</summary>
    private static async Task StandsAsync(DeployedService service, string version)
    {
        Assert.Equal("PRIMARY", (string?)Assert.Single(await service.SetsAsync())!["status"]);
        Assert.True(await service.WeightsAsync() is "100/0" or "1/-", await service.WeightsAsync());
        Assert.Equal((version, version), (await service.VersionAsync(), await service.VersionAsync(service.TestAddress)));
    }
}

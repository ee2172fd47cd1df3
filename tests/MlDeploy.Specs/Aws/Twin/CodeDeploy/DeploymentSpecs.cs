
namespace MlDeploy.Specs.Aws.Twin.CodeDeploy;

/// <summary>Deployments that go through, under traffic that loses no request.</summary>
[Collection(RunningTwin.Collection)]
public sealed class DeploymentSpecs(RunningTwin twin)
{
    [Fact]
    public async Task A_canary_waits_to_be_tested_shifts_bakes_and_ends_the_old_task_set_as_aws_tells_it()
    {
        twin.Require();
        var service = await DeployedService.CreateAsync(twin, "canary", DeployedService.Canary(20, 6), ready: 600, bake: 600);
        await using var traffic = new Requests(twin.Http, service.Address);
        var id = await twin.Aws.AskAsync("deploymentId", "deploy", "create-deployment", "--application-name", "canary", "--deployment-group-name", "canary",
            "--description", "by a runner", "--revision", DeployedService.Revision("canary-b"));
        Assert.Matches("^d-[A-Z0-9]{9}$", id);
        var second = await twin.Aws.FailAsync("deploy", "create-deployment", "--application-name", "canary", "--deployment-group-name", "canary", "--revision", DeployedService.Revision("canary-b"));
        Assert.Contains($"(DeploymentLimitExceededException) when calling the CreateDeployment operation: The Deployment Group 'canary' already has an active Deployment '{id}'", second, StringComparison.Ordinal);

        await service.BecomesAsync(id, "Ready");
        Assert.Equal(("100/0", "0/100"), (await service.WeightsAsync(), await service.WeightsAsync(service.TestListener)));
        Assert.Equal("v2", await service.VersionAsync(service.TestAddress));
        Assert.Equal(["v1"], (await traffic.EndAsync()).Keys);
        Assert.Equal("InProgress=0 Ready=1", await twin.Aws.AskAsync("join(' ', [join('', ['InProgress=', to_string(deploymentInfo.deploymentOverview.InProgress)]), join('', ['Ready=', to_string(deploymentInfo.deploymentOverview.Ready)])])", "deploy", "get-deployment", "--deployment-id", id));
        Assert.Equal("Succeeded Succeeded Succeeded Succeeded Succeeded Pending Pending Pending", await EventsAsync(id, service));

        await using var rest = new Requests(twin.Http, service.Address);
        await twin.Aws.SayAsync("deploy", "continue-deployment", "--deployment-id", id, "--deployment-wait-type", "READY_WAIT");
        await service.WeightsBecomeAsync("80/20");
        Assert.Equal("canary-green 20.0 Green ACTIVE", await TaskSetAsync(id, "Green"));
        Assert.Equal("InProgress", (string?)(await service.GetAsync(id))["status"]);
        await service.WeightsBecomeAsync("0/100");
        await RunningTwin.BecomesAsync(async () => (bool)(await service.GetAsync(id))["instanceTerminationWaitTimeStarted"]!, "the wait for the end of the old version");
        Assert.Equal("v2", await service.VersionAsync());
        Assert.Equal(2, (await service.SetsAsync()).Count);
        Assert.Equal("canary-green 100.0 Green PRIMARY", await TaskSetAsync(id, "Green"));
        Assert.Contains("DeploymentIsNotInReadyStateException", await twin.Aws.FailAsync("deploy", "continue-deployment", "--deployment-id", id, "--deployment-wait-type", "READY_WAIT"), StringComparison.Ordinal);

        await service.ContinueAsync(id, "TERMINATION_WAIT");
        await service.BecomesAsync(id, "Succeeded");
        await twin.Aws.SayAsync("deploy", "wait", "deployment-successful", "--deployment-id", id);
        Assert.Equal("Succeeded Succeeded Succeeded Succeeded Succeeded Succeeded Succeeded Succeeded", await EventsAsync(id, service));
        Assert.EndsWith("/canary-b:1", (string?)Assert.Single(await service.SetsAsync())!["taskDefinition"], StringComparison.Ordinal);
        Assert.Equal(id, await twin.Aws.AskAsync("deployments[]", "deploy", "list-deployments", "--application-name", "canary", "--deployment-group-name", "canary", "--include-only-statuses", "Succeeded"));
        Assert.Equal($"{id} {id}", (await twin.Aws.AskAsync("deploymentGroupInfo.[lastAttemptedDeployment.deploymentId,lastSuccessfulDeployment.deploymentId]",
            "deploy", "get-deployment-group", "--application-name", "canary", "--deployment-group-name", "canary")).Replace('\t', ' '));
        Assert.Contains("DeploymentAlreadyCompletedException", await twin.Aws.FailAsync("deploy", "stop-deployment", "--deployment-id", id), StringComparison.Ordinal);
        Assert.Equal(["v1", "v2"], (await rest.EndAsync()).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Equal_increments_need_nobody_the_groups_swap_roles_and_all_at_once_follows_and_both_are_told()
    {
        twin.Require();
        var topic = await twin.MailboxAsync("deployments");
        var rule = """{\"source\":[\"aws.codedeploy\"],\"detail\":{\"application\":[\"linear\"],\"state\":[\"SUCCESS\"]}}""";
        await twin.JsonAsync("events", "PutRule", $$"""{"Name":"deployed","EventPattern":"{{rule}}"}""");
        await twin.JsonAsync("events", "PutTargets", $$"""{"Rule":"deployed","Targets":[{"Id":"1","Arn":"{{topic}}"}]}""");
        var service = await DeployedService.CreateAsync(twin, "linear", """{"type":"TimeBasedLinear","timeBasedLinear":{"linearPercentage":40,"linearInterval":1}}""", ready: 0, bake: 0,
            $$""","triggerConfigurations":[{"triggerName":"told","triggerTargetArn":"{{topic}}","triggerEvents":["DeploymentStart"]}]""");
        await using var traffic = new Requests(twin.Http, service.Address);
        var first = await service.DeployAsync();
        foreach (var weights in new[] { "60/40", "20/80", "0/100" })
        {
            await service.WeightsBecomeAsync(weights);
        }

        await service.BecomesAsync(first, "Succeeded");
        Assert.Equal("v2", await service.VersionAsync());
        var back = await service.DeployAsync("linear-a", ""","deploymentConfigName":"CodeDeployDefault.ECSAllAtOnce" """);
        var info = await service.BecomesAsync(back, "Succeeded");
        Assert.Equal("CodeDeployDefault.ECSAllAtOnce", (string?)info["deploymentConfigName"]);
        Assert.Contains("linear-b", (string?)info["previousRevision"]!["appSpecContent"]!["content"], StringComparison.Ordinal);
        Assert.Equal(("100/0", "v1"), (await service.WeightsAsync(), await service.VersionAsync()));
        await traffic.EndAsync();
        await RunningTwin.BecomesAsync(async () => await twin.MailsAsync("deployments") is { } mails
            && mails.Exists(mail => mail.Contains("CodeDeploy Deployment State-change Notification", StringComparison.Ordinal) && mail.Contains(back, StringComparison.Ordinal))
            && mails.Exists(mail => mail.Contains("\"eventTriggerName\":\"told\"", StringComparison.Ordinal) && mail.Contains(first, StringComparison.Ordinal)), "both are told");
    }

    private async Task<string> EventsAsync(string id, DeployedService service) => (await twin.Aws.AskAsync("deploymentTarget.ecsTarget.lifecycleEvents[].status",
        "deploy", "get-deployment-target", "--deployment-id", id, "--target-id", $"main:{service.Name}")).Replace('\t', ' ');

    /// <summary>`identifer` is the API's own spelling.</summary>
    private async Task<string> TaskSetAsync(string id, string label)
    {
        var target = await twin.JsonAsync("codedeploy", "BatchGetDeploymentTargets", $$"""{"deploymentId":"{{id}}","targetIds":["main:canary"]}""");
        var set = target["deploymentTargets"]![0]!["ecsTarget"]!["taskSetsInfo"]!.AsArray().Single(each => (string?)each!["taskSetLabel"] == label)!;
        Assert.StartsWith("ecs-svc/", (string?)set["identifer"], StringComparison.Ordinal);
        return FormattableString.Invariant($"{set["targetGroup"]!["name"]} {(double)set["trafficWeight"]!:0.0} {label} {set["status"]}");
    }
}

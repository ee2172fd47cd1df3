using MlDeploy.Aws.Deploying;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>What CodeDeploy may do by its documentation, though a stand-in never did: states that come late, in between, or without a reason.</summary>
public sealed class ToleranceSpecs
{
    private const string Ready = """{"deploymentInfo":{"deploymentId":"d-1","status":"Ready"}}""";
    private const string InProgress = """{"deploymentInfo":{"deploymentId":"d-1","status":"InProgress"}}""";
    private const string Alarms = "\"overrideAlarmConfiguration\":{\"alarms\":[{\"name\":\"fraud-errors\"},{\"name\":\"fraud-heartbeat-1a2b3c4d\"}]}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_wait_that_cannot_be_ended_the_moment_it_is_Ready_is_ended_a_moment_later()
    {
        using var account = new ScriptedAccount();
        await using var target = await ReadyAsync(account);
        account.InTurn("ContinueDeployment", NotReady, NotReady, () => After(() => account.Serving(candidate: 20)));

        Assert.Equal(0.2, await target.SetWeightAsync(0.2, Cancel));

        Assert.Equal(3, account.Calls.Count(call => call == "ContinueDeployment"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_wait_whose_end_was_told_by_an_answer_that_was_lost_is_over()
    {
        using var account = new ScriptedAccount();
        await using var target = await ReadyAsync(account);
        account.InTurn("ContinueDeployment", () =>
        {
            account.Json("GetDeployment", InProgress);
            account.Serving(candidate: 20);
            return NotReady();
        });

        Assert.Equal(0.2, await target.SetWeightAsync(0.2, Cancel));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_weight_in_force_half_a_minute_late_is_waited_for()
    {
        using var account = new ScriptedAccount();
        await using var target = await ReadyAsync(account);
        account.Json("ContinueDeployment", "{}");
        account.InTurn("DescribeListeners", [.. Enumerable.Repeat(() => ScriptedAccount.Weighted(0), 8), () => ScriptedAccount.Weighted(20)]);

        Assert.Equal(0.2, await target.SetWeightAsync(0.2, Cancel));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deployment_that_has_not_started_has_no_targets_and_is_adopted_all_the_same()
    {
        using var account = new ScriptedAccount();
        account.Refuse("ListDeploymentTargets", "DeploymentNotStartedException", "The deployment has not started");
        account.Serving(candidate: 0);
        account.InTurn("GetDeployment", () => ScriptedAccount.Answered("""{"deploymentInfo":{"deploymentId":"d-1","status":"Created"}}"""), () => ScriptedAccount.Answered(Ready));

        await using var target = await account.TargetAsync();

        Assert.Equal("d-1", target.Deployment);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deployment_whose_wait_was_ended_before_its_runner_died_is_not_waited_for_to_be_Ready()
    {
        using var account = new ScriptedAccount();
        account.Serving(candidate: 0);
        account.Json("ListDeploymentTargets", """{"targetIds":["fraud:fraud"]}""");
        account.Json("GetDeploymentTarget", """
            {"deploymentTarget":{"deploymentTargetType":"ECSTarget","ecsTarget":{"lifecycleEvents":[{"lifecycleEventName":"AllowTraffic","status":"InProgress","startTime":1795240000.5}]}}}
            """);

        await using var target = await account.TargetAsync();
        account.Refuse("ContinueDeployment", "DeploymentIsNotInReadyStateException", "it goes on already");
        account.Serving(candidate: 20);

        Assert.Equal(0.2, await target.SetWeightAsync(0.2, Cancel));
    }

    /// <summary>The listener tells of a rollback before the status does.</summary>
    [Fact(Timeout = 30_000)]
    public async Task A_weight_that_is_taken_back_is_told_by_the_alarm_that_did_it()
    {
        using var account = new ScriptedAccount();
        await using var target = await JudgingAsync(account);
        account.Serving(candidate: 0);
        account.InTurn(
            "GetDeployment",
            () => ScriptedAccount.Answered(InProgress),
            () => ScriptedAccount.Answered(InProgress),
            () => ScriptedAccount.Answered($$$"""{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped","errorInformation":{"code":"ALARM_ACTIVE","message":"Activated alarms: fraud-errors"},{{{Alarms}}}}}"""));

        var ended = await Assert.ThrowsAsync<OutsideEventException>(() => target.MeasureAsync(Cancel));

        Assert.Equal("alarm fraud-errors", Assert.IsType<GateFailed>(ended.Happened).Gate);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stop_without_a_reason_while_an_alarm_fires_is_the_alarms()
    {
        using var account = new ScriptedAccount();
        await using var target = await JudgingAsync(account);
        account.Alarms(("fraud-errors", "ALARM"), ("fraud-heartbeat-1a2b3c4d", "OK"));
        account.Json("GetDeployment", $$$"""{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped",{{{Alarms}}}}}""");

        var ended = await Assert.ThrowsAsync<OutsideEventException>(() => target.MeasureAsync(Cancel));

        Assert.Equal("alarm fraud-errors", Assert.IsType<GateFailed>(ended.Happened).Gate);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stop_without_a_reason_while_no_alarm_fires_is_somebodys()
    {
        using var account = new ScriptedAccount();
        await using var target = await JudgingAsync(account);
        account.Alarms(("fraud-errors", "OK"), ("fraud-heartbeat-1a2b3c4d", "OK"));
        account.Json("GetDeployment", $$$"""{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped",{{{Alarms}}}}}""");

        var ended = await Assert.ThrowsAsync<OutsideEventException>(() => target.MeasureAsync(Cancel));

        Assert.IsType<AbortRequested>(ended.Happened);
    }

    /// <summary>`Pending`, then a status that changes after a while, and a rollback whose id comes later still.</summary>
    [Fact(Timeout = 30_000)]
    public async Task A_stop_that_takes_its_time_is_followed_to_the_end_of_its_rollback()
    {
        using var account = new ScriptedAccount();
        await using var target = await JudgingAsync(account);
        const string Stopped = """{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped"}}""";
        account.InTurn(
            "GetDeployment",
            [
                .. Enumerable.Repeat(() => ScriptedAccount.Answered(InProgress), 6),
                .. Enumerable.Repeat(() => ScriptedAccount.Answered(Stopped), 5),
                () => ScriptedAccount.Answered("""{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped","rollbackInfo":{"rollbackDeploymentId":"d-2"}}}"""),
                () => ScriptedAccount.Answered("""{"deploymentInfo":{"deploymentId":"d-2","status":"Created"}}"""),
                () => After(() => account.Serving(candidate: 0), """{"deploymentInfo":{"deploymentId":"d-2","status":"Succeeded"}}"""),
            ]);

        Assert.IsType<StableVerified>(await target.RestoreStableAsync(Cancel));

        Assert.Contains("CodeDeploy rolls back with deployment d-2", account.Notes);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_promotion_goes_on_when_its_wait_is_refused_at_first_and_its_status_cannot_be_read_for_a_while()
    {
        using var account = new ScriptedAccount();
        await using var target = await JudgingAsync(account);
        account.Serving(candidate: 100);
        account.InTurn(
            "ContinueDeployment",
            () => ScriptedAccount.Refused("InvalidDeploymentStatusException", "not yet"),
            () => ScriptedAccount.Refused("DeploymentIsNotInReadyStateException", "not yet"),
            () => ScriptedAccount.Answered("{}"));
        account.InTurn(
            "GetDeployment",
            () => ScriptedAccount.Answered(InProgress),
            () => ScriptedAccount.Refused("ThrottlingException", "Rate exceeded"),
            () => ScriptedAccount.Refused("ThrottlingException", "Rate exceeded"),
            () => ScriptedAccount.Refused("ThrottlingException", "Rate exceeded"),
            () => ScriptedAccount.Answered(InProgress),
            () => ScriptedAccount.Answered(InProgress),
            () => ScriptedAccount.Answered("""{"deploymentInfo":{"deploymentId":"d-1","status":"Succeeded"}}"""));

        await target.CompletePromotionAsync(Cancel);

        Assert.Equal(3, account.Calls.Count(call => call == "ContinueDeployment"));
        Assert.Equal(["DeleteAlarms", "DeleteSchedule"], account.Calls[^2..]);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_alarm_that_a_version_left_which_was_rolled_back_is_waited_for_to_pass()
    {
        using var account = new ScriptedAccount();
        account.ReadyToBegin();
        account.StoppedBefore();
        account.InTurn(
            "DescribeAlarms",
            [.. Enumerable.Repeat(() => ScriptedAccount.Described(("fraud-errors", "ALARM"), ("fraud-unhealthy", "OK")), 4), () => ScriptedAccount.Described(("fraud-errors", "OK"), ("fraud-unhealthy", "OK"))]);
        account.Json("GetDeployment", Ready);
        await using var target = await account.TargetAsync(running: false);

        await target.StartCandidateAsync(Cancel);

        Assert.Equal("d-1", target.Deployment);
        Assert.Contains(account.Notes, note => note.StartsWith("the alarm fraud-errors fires still for deployment d-0", StringComparison.Ordinal));
    }

    /// <summary>Adopted while it waits for us.</summary>
    private static Task<AwsRolloutTarget> ReadyAsync(ScriptedAccount account)
    {
        account.Serving(candidate: 0);
        account.Json("GetDeployment", Ready);
        account.Json("DescribeScalableTargets", """{"ScalableTargets":[]}""");
        return account.TargetAsync();
    }

    /// <summary>Adopted with a fifth of the traffic, and being judged.</summary>
    private static async Task<AwsRolloutTarget> JudgingAsync(ScriptedAccount account)
    {
        account.Xml("GetMetricData", "<MetricDataResults/>");
        var target = await account.TargetAsync();
        await target.SetWeightAsync(0.2, Cancel);
        account.Judge.BeginStep(0, comparable: true);
        target.BeginStep(account.Judge);
        return target;
    }

    private static HttpResponseMessage NotReady() => ScriptedAccount.Refused("DeploymentIsNotInReadyStateException", "not yet");

    /// <summary>An answer that changes what is so.</summary>
    private static HttpResponseMessage After(Action change, string answer = "{}")
    {
        change();
        return ScriptedAccount.Answered(answer);
    }
}

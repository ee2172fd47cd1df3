using System.Text;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>What can go wrong with a deployment, and what is said then: kept as text, since it is what people act on.</summary>
public sealed partial class FailureSpecs
{
    [Fact(Timeout = 30_000)]
    public async Task Every_failure_says_what_serves_what_and_what_to_do()
    {
        var text = new StringBuilder();
        await TellAsync(text, "an alarm fires from the start", async account =>
        {
            account.Alarms(("fraud-errors", "ALARM"), ("fraud-unhealthy", "OK"));
            await using var target = await account.TargetAsync(running: false);
            return Told(await Assert.ThrowsAsync<ExpectedException>(() => target.StartCandidateAsync(TestContext.Current.CancellationToken)));
        });
        await TellAsync(text, "an alarm fires on after a deployment that was rolled back", async account =>
        {
            account.Alarms(("fraud-errors", "ALARM"), ("fraud-unhealthy", "OK"));
            account.StoppedBefore();
            await using var target = await account.TargetAsync(running: false);
            return Told(await Assert.ThrowsAsync<ExpectedException>(() => target.StartCandidateAsync(TestContext.Current.CancellationToken)));
        }, speed: 300);
        await TellAsync(text, "an alarm of the application was deleted", async account =>
        {
            account.Alarms(("fraud-errors", "OK"));
            await using var target = await account.TargetAsync(running: false);
            return Told(await Assert.ThrowsAsync<ExpectedException>(() => target.StartCandidateAsync(TestContext.Current.CancellationToken)));
        });
        await TellAsync(text, "the candidate's tasks end as soon as they start", account => StartedAsync(account, "InProgress", Stopped));
        await TellAsync(text, "the candidate runs, and is never healthy", account => StartedAsync(account, "InProgress", """{"taskArns":[]}"""), speed: 300);
        await TellAsync(text, "CodeDeploy gives the candidate up first", account => StartedAsync(account, "Failed", Stopped));
        await TellAsync(text, "it is promoted, but the deployment fails afterwards", account =>
            PromotedAsync(account, """{"deploymentInfo":{"deploymentId":"d-1","status":"Failed","errorInformation":{"code":"ECS_UPDATE_ERROR","message":"The ECS service cannot be updated."}}}"""));
        await TellAsync(text, "it is promoted, but the old version cannot be removed", account =>
        {
            account.Refuse("ContinueDeployment", "InvalidDeploymentStatusException", "not waiting");
            return PromotedAsync(account, """{"deploymentInfo":{"deploymentId":"d-1","status":"InProgress"}}""");
        }, speed: 4000);
        await TellAsync(text, "the rollback succeeds", account => RestoredAsync(account, """{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped"}}""", candidate: 0));
        await TellAsync(text, "the rollback itself fails", account => RestoredAsync(account, """{"deploymentInfo":{"deploymentId":"d-1","status":"Failed","errorInformation":{"code":"TIMEOUT","message":"The deployment timed out."},"rollbackInfo":{"rollbackDeploymentId":"d-2"}}}"""));
        await TellAsync(text, "StopDeployment is refused, and the alarm does nothing either", account =>
        {
            account.Refuse("StopDeployment", "AccessDeniedException", "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: codedeploy:StopDeployment");
            return RestoredAsync(account, """{"deploymentInfo":{"deploymentId":"d-1","status":"InProgress"}}""");
        });
        await TellAsync(text, "it is promoted before it can be stopped", account => RestoredAsync(account, """{"deploymentInfo":{"deploymentId":"d-1","status":"Succeeded"}}""", candidate: 100));
        await TellAsync(text, "CodeDeploy rolled back for the application's alarm", account => SeenAsync(account, "ALARM_ACTIVE", "One or more alarms have been activated: fraud-errors"));
        await TellAsync(text, "CodeDeploy rolled back since heartbeats stopped", account => SeenAsync(account, "ALARM_ACTIVE", "One or more alarms have been activated: fraud-heartbeat-1a2b3c4d"));
        await TellAsync(text, "somebody stopped it", account => SeenAsync(account, "MANUAL_STOP", "The deployment was stopped"));
        await TellAsync(text, "another deployment is under way", _ => Task.FromResult(Told(new RunningDeployment(
            new DeploymentInfo
            {
                DeploymentId = "d-9", Status = "InProgress", Description = "mldeploy 1a2b3c4d ada (GitHub Actions) https://ci.example/runs/7", CreateTime = new DateTimeOffset(2026, 11, 21, 4, 0, 0, TimeSpan.Zero),
            },
            new("fraud", "1a2b3c4d"), TimeSpan.FromSeconds(7), null).Held("fraud"))));
        await TellAsync(text, "another deployment was created after it was looked for", async account =>
        {
            account.Created("mldeploy 1a2b3c4d ada (GitHub Actions) https://ci.example/runs/7");
            await using var target = await account.TargetAsync(running: false);
            var lost = Assert.IsType<LeaseLost>((await Assert.ThrowsAsync<OutsideEventException>(() => target.StartCandidateAsync(TestContext.Current.CancellationToken))).Happened);
            Assert.Equal(["DeleteAlarms", "DeleteSchedule"], account.Calls[^2..]);
            return $"exit 8: {lost.Reason}";
        });
        await TellAsync(text, "the weight moved, and CodeDeploy did it since heartbeats had stopped", account => MovedAsync(account, "Stopped"));
        await TellAsync(text, "the weight moved, and CodeDeploy did not do it", account => MovedAsync(account, "InProgress"));
        await TellAsync(text, "the test listener cannot be reached", async account =>
        {
            account.Serving(candidate: 0);
            account.Json("GetDeployment", """{"deploymentInfo":{"deploymentId":"d-1","status":"Ready"}}""");
            await using var target = await account.TargetAsync();
            return Told(await Assert.ThrowsAsync<ExpectedException>(() => target.TestCandidateAsync(new PreTrafficTest { Name = "golden", Http = new HttpTest() }, TestContext.Current.CancellationToken)));
        });

        Golden.Match("tests/MlDeploy.Specs/Aws/Deploying/failures.golden", text.ToString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_stop_makes_the_heartbeat_alarm_fire_so_that_CodeDeploy_rolls_back_by_it()
    {
        using var account = new ScriptedAccount();
        await using var target = await account.TargetAsync();
        account.Refuse("StopDeployment", "AccessDeniedException", "no");
        account.Json("GetDeployment", """{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped"}}""");
        account.Serving(candidate: 0);

        var restored = await target.RestoreStableAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new StableVerified("v1-0123456789ab"), restored);
        Assert.Contains(account.Notes, note => note.Contains("the heartbeat alarm is made to fire", StringComparison.Ordinal));
        Assert.Equal(["DeleteAlarms", "DeleteSchedule"], account.Calls[^2..]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deployment_whose_creation_was_answered_by_nobody_is_found_again_by_its_own_key()
    {
        using var account = new ScriptedAccount();
        account.Created($"mldeploy {HeartbeatName.Draw("fraud", new Random(1)).Key} ada@laptop");
        account.Json("GetDeployment", """{"deploymentInfo":{"deploymentId":"d-9","status":"Ready"}}""");
        await using var target = await account.TargetAsync(running: false);

        await target.StartCandidateAsync(TestContext.Current.CancellationToken);

        Assert.Equal("d-9", target.Deployment);
        Assert.DoesNotContain("DeleteAlarms", account.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_signal_stops_the_deployment_first_and_waits_for_traffic_only()
    {
        using var account = new ScriptedAccount();
        await using var target = await account.TargetAsync();
        account.Serving(candidate: 0);
        account.Calls.Clear();
        target.Hurry = true;

        var restored = await target.RestoreStableAsync(TestContext.Current.CancellationToken);

        Assert.IsType<StableVerified>(restored);
        Assert.Equal("StopDeployment", account.Calls.First(call => call != "PutMetricData"));
        Assert.DoesNotContain("GetDeployment", account.Calls);
        Assert.Contains(account.Notes, note => note.EndsWith("which is not waited for", StringComparison.Ordinal));
    }

    /// <param name="speed">More than the usual for what waits many minutes and gives up no single call meanwhile.</param>
    private static async Task TellAsync(StringBuilder text, string what, Func<ScriptedAccount, Task<string>> tell, double speed = ScriptedAccount.Speed)
    {
        using var account = new ScriptedAccount(speed);
        text.Append("## ").Append(what).Append('\n').Append(await tell(account)).Append('\n');
        foreach (var note in account.Notes.Where(note => !note.StartsWith("adopted ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
        {
            text.Append("note: ").Append(note).Append('\n');
        }

        text.Append('\n');
    }

    /// <param name="deployment">What GetDeployment answers from then on.</param>
    private static async Task<string> RestoredAsync(ScriptedAccount account, string deployment, int candidate = 20)
    {
        await using var target = await Adopted(account);
        account.Serving(candidate);
        account.Json("GetDeployment", deployment);
        return Told(await target.RestoreStableAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string> SeenAsync(ScriptedAccount account, string code, string message)
    {
        await using var target = await Adopted(account);
        account.Json("GetDeployment", $$$$"""{"deploymentInfo":{"deploymentId":"d-1","status":"Stopped","errorInformation":{"code":"{{{{code}}}}","message":"{{{{message}}}}"},"overrideAlarmConfiguration":{"alarms":[{"name":"fraud-errors"},{"name":"fraud-heartbeat-1a2b3c4d"}]}}}""");
        return $"{(await Assert.ThrowsAsync<OutsideEventException>(() => target.MeasureAsync(TestContext.Current.CancellationToken))).Happened switch
        {
            GateFailed failed => $"exit 4: gate {failed.Gate} failed: {failed.Reason}",
            AbortRequested aborted => $"exit 6: aborted by {aborted.By}",
            var other => $"{other}",
        }}";
    }

    /// <summary>The deployment could not be read just before its weight was.</summary>
    private static async Task<string> MovedAsync(ScriptedAccount account, string status)
    {
        await using var target = await Adopted(account);
        account.Serving(candidate: 40);
        await target.SetWeightAsync(0.4, TestContext.Current.CancellationToken);
        target.BeginStep(new Judge(RolloutJudging.PlanFor(account.Manifest, AwsRolloutPlan.For(account.Manifest.Rollout))));
        account.Serving(candidate: 0);
        account.Once("GetDeployment", () => account.Json(
            "GetDeployment",
            $$$$"""{"deploymentInfo":{"deploymentId":"d-1","status":"{{{{status}}}}","errorInformation":{"code":"ALARM_ACTIVE","message":"Activated alarms: <fraud-heartbeat-1a2b3c4d>"},"overrideAlarmConfiguration":{"alarms":[{"name":"fraud-heartbeat-1a2b3c4d"}]}}}"""));
        var told = await Record.ExceptionAsync(() => target.MeasureAsync(TestContext.Current.CancellationToken));
        return told is OutsideEventException { Happened: GateFailed failed } ? $"exit 4: gate {failed.Gate} failed: {failed.Reason}" : Told(Assert.IsType<ExpectedException>(told));
    }

    private const string Stopped = """{"taskArns":["arn:aws:ecs:eu-central-1:123456789012:task/fraud/1","arn:aws:ecs:eu-central-1:123456789012:task/fraud/2"]}""";

    private static async Task<string> StartedAsync(ScriptedAccount account, string status, string tasks)
    {
        account.ReadyToBegin();
        account.Json("GetDeployment", $$$$"""{"deploymentInfo":{"deploymentId":"d-1","status":"{{{{status}}}}","errorInformation":{"code":"TIMEOUT","message":"The deployment timed out."}}}""");
        account.Json("ListTasks", tasks);
        account.Json("DescribeTasks", $$$"""
            {"tasks":[{"taskArn":"arn:aws:ecs:eu-central-1:123456789012:task/fraud/2","taskDefinitionArn":"{{{ScriptedAccount.Candidate}}}","lastStatus":"STOPPED","stopCode":"EssentialContainerExited",
              "stoppedReason":"Essential container in task exited","containers":[{"name":"application","exitCode":3}]}]}
            """);
        account.Json("DescribeTaskDefinition", """
            {"taskDefinition":{"containerDefinitions":[{"name":"application","logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/mldeploy/fraud","awslogs-stream-prefix":"v"}}}]}}
            """);
        account.Json("GetLogEvents", """{"events":[{"timestamp":1,"message":"loading the model"},{"timestamp":2,"message":"model.bin is not here"}]}""");
        await using var target = await account.TargetAsync(running: false);
        return Told(await Assert.ThrowsAsync<ExpectedException>(() => target.StartCandidateAsync(TestContext.Current.CancellationToken)));
    }

    private static async Task<string> PromotedAsync(ScriptedAccount account, string deployment)
    {
        await using var target = await Adopted(account);
        account.Serving(candidate: 100);
        account.Json("GetDeployment", deployment);
        return Told(await Assert.ThrowsAsync<ExpectedException>(() => target.CompletePromotionAsync(TestContext.Current.CancellationToken)));
    }

    private static Task<AwsRolloutTarget> Adopted(ScriptedAccount account)
    {
        account.Json("GetDeployment", """{"deploymentInfo":{"deploymentId":"d-1","status":"InProgress"}}""");
        account.Serving(candidate: 20);
        return account.TargetAsync();
    }

    /// <summary>Without how long was waited, which differs by a second.</summary>
    private static string Told(ExpectedException failure) => $"exit {(int)failure.ExitCode}: {Waited().Replace(failure.Message, "within TIME")}\n  → {failure.Remedy}";

    [GeneratedRegex(@"within \d+ min( \d+ s)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Waited();

    private static string Told(RolloutEvent happened) => happened switch
    {
        StableVerified verified => $"stable {verified.Version} is verified",
        StableNotVerified unverified => $"exit 5: {unverified.Reason}. Serving: {unverified.Serving}\n  → {unverified.Remedy}",
        _ => $"{happened}",
    };
}

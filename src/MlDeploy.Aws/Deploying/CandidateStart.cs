using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>From an order to a deployment that is Ready: its tasks are healthy, and no production request reaches them.</summary>
internal sealed class CandidateStart(AwsSession session, DeploymentPlace place, CandidateOrder order, TimeProvider clock, Action<string> note)
{
    private const int Patience = 3;
    private const int LogLines = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Fargate finds a place and pulls the image.</summary>
    private static readonly TimeSpan ForPlacing = TimeSpan.FromMinutes(5);

    /// <summary>CodeDeploy ends a deployment under an alarm that fires, at once or in the midst: known before, and which.</summary>
    /// <exception cref="ExpectedException">One fires.</exception>
    public async Task RefuseFiringAlarmsAsync(CancellationToken stop)
    {
        if (place.Alarms.IsEmpty)
        {
            return;
        }

        var alarms = (await session.CloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = place.Alarms }, stop)).MetricAlarms;
        var firing = alarms.Where(alarm => alarm.StateValue == "ALARM").ToArray();
        if (firing is [var first, ..])
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"{(firing.Length == 1 ? $"the alarm {first.AlarmName} fires" : $"the alarms {string.Join(", ", firing.Select(alarm => alarm.AlarmName))} fire")}"
                + $"{((first.StateTransitionedTimestamp ?? first.StateUpdatedTimestamp) is { } since ? $" since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "")}, and CodeDeploy deploys nothing under it: {Words.FirstLine(first.StateReason ?? "no reason given")}",
                "bring the version that serves in order first; `mldeploy metrics --target aws` and `mldeploy logs --target aws` show how it does");
        }

        if (alarms.Length < place.Alarms.Length)
        {
            var there = alarms.Select(alarm => alarm.AlarmName).ToHashSet(StringComparer.Ordinal);
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the stack names the alarms {string.Join(", ", place.Alarms.Where(name => !there.Contains(name)))}, which are not there",
                "`mldeploy provision --target aws` makes what was deleted; a deployment without its alarms would not undo itself");
        }
    }

    /// <returns>ARN with its revision.</returns>
    public async Task<string> RegisterAsync(CancellationToken stop)
    {
        if (order.TaskDefinition is { } there)
        {
            return there;
        }

        var registered = (await session.Ecs.RegisterTaskDefinitionAsync(new RegisterTaskDefinitionRequest { Definition = order.Definition! }, stop)).TaskDefinition;
        return registered["taskDefinitionArn"]?.ToString()
            ?? throw new ExpectedException(ExitCode.TargetFailed, "RegisterTaskDefinition answered without an ARN", "deploy again");
    }

    /// <returns>The deployment's id.</returns>
    /// <exception cref="AwsServiceException">It was not created.</exception>
    public async Task<string> CreateAsync(string taskDefinition, string configuration, HeartbeatName heartbeat, CancellationToken stop)
    {
        var request = new CreateDeploymentRequest
        {
            ApplicationName = place.CodeDeployApplication,
            DeploymentGroupName = place.DeploymentGroup,
            DeploymentConfigName = configuration,
            Revision = AppSpec.Of(taskDefinition, order.Container, order.Port),
            Description = LeaseText.Write(heartbeat, order.Holder, order.RunUrl),
            AutoRollbackConfiguration = new AutoRollbackConfiguration { Enabled = true, Events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"] },

            // In place of the group's alarms: the application's are named again.
            OverrideAlarmConfiguration = new AlarmConfiguration
            {
                Enabled = true,
                IgnorePollAlarmFailure = false,
                Alarms = [.. place.Alarms.Append(heartbeat.Alarm).Select(name => new Alarm { Name = name })],
            },
        };
        try
        {
            return (await session.CodeDeploy.CreateDeploymentAsync(request, stop)).DeploymentId;
        }
        catch (AwsServiceException failure) when (failure.Code == "DeploymentLimitExceededException")
        {
            var running = await RunningDeployment.FindAsync(session, place, clock, stop);
            throw running?.Held(place.Application) ?? Clients.Failures.AwsFailures.AsExpected(failure);
        }
        catch (AwsServiceException unsure) when (unsure.Kind == AwsFailureKind.Transient)
        {
            // It may have been created: a second one is never asked for before the first was looked for.
            if (await FindAsync(heartbeat, stop) is { } created)
            {
                return created;
            }

            throw;
        }
    }

    /// <returns>The deployment that carries this heartbeat; null when there is none.</returns>
    public async Task<string?> FindAsync(HeartbeatName heartbeat, CancellationToken stop) =>
        await RunningDeployment.FindAsync(session, place, clock, stop) is { } running && LeaseText.Read(running.Info.Description)?.Key == heartbeat.Key ? running.Info.DeploymentId : null;

    /// <exception cref="ExpectedException">It never becomes healthy, with the stop reason and the last log lines.</exception>
    /// <exception cref="OutsideEventException">It was ended.</exception>
    public async Task WaitUntilReadyAsync(string id, string taskDefinition, Func<DeploymentInfo, Task<RolloutEvent>> ended, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        var within = (order.Manifest.Application.Health.StartWithin * Patience) + ForPlacing;
        var looks = 0;
        while (true)
        {
            var deployment = (await session.CodeDeploy.GetDeploymentAsync(new GetDeploymentRequest { DeploymentId = id }, stop)).DeploymentInfo;
            if (deployment.Status == CodeDeployStatus.Ready)
            {
                return;
            }

            // A runner that is gone may have let traffic move already: Ready does not come again.
            if (order.Adopted is not null && await CodeDeployClock.ShiftBeganAsync(session.CodeDeploy, id, stop) is not null)
            {
                return;
            }

            if (CodeDeployStatus.IsOver(deployment.Status))
            {
                throw await ExplainAsync(taskDefinition, stop) is { } why
                    ? new ExpectedException(ExitCode.TargetFailed, $"the candidate never became healthy ({CodeDeployStatus.Why(deployment)}): {why}", "correct the version, then deploy again")
                    : new OutsideEventException(await ended(deployment));
            }

            var elapsed = clock.GetElapsedTime(began);
            var stops = elapsed > order.Manifest.Application.Health.StartWithin * Patience && ++looks % 3 == 0 ? await ExplainAsync(taskDefinition, stop) : null;
            if (stops is not null || elapsed > within)
            {
                throw new ExpectedException(
                    ExitCode.TargetFailed,
                    $"the candidate was not healthy within {Words.Of(elapsed)}: {stops ?? "its tasks have not stopped, but its targets do not become healthy either"}",
                    "correct the version, or give it longer with application.health.startWithin, then deploy again");
            }

            await Task.Delay(LookEvery, clock, stop);
        }
    }

    public void Tell(string id) => note($"deployment {id}: {ConsoleLinks.Deployment(session, id)}");

    /// <returns>Null while none of its tasks has stopped.</returns>
    private async Task<string?> ExplainAsync(string taskDefinition, CancellationToken stop)
    {
        var family = taskDefinition[(taskDefinition.LastIndexOf('/') + 1)..].Split(':')[0];
        var arns = (await session.Ecs.ListTasksAsync(new ListTasksRequest { Cluster = place.Cluster, Family = family, DesiredStatus = "STOPPED" }, stop)).TaskArns;
        var tasks = arns.IsEmpty ? [] : (await session.Ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = place.Cluster, Tasks = [.. arns.Take(100)] }, stop)).Tasks;
        var stopped = tasks.Where(task => task.TaskDefinitionArn == taskDefinition).OrderBy(task => task.StoppingAt ?? task.StoppedAt).ToImmutableArray();
        if (stopped.IsEmpty)
        {
            return null;
        }

        var lines = await StoppedTask.LastLinesAsync(session, stopped[^1], LogLines, stop);
        return $"{stopped.Length} of its tasks stopped, the last because: {StoppedTask.Reason(stopped[^1])}"
            + (lines.IsEmpty ? "; it wrote no log" : $"\n    its last log lines:\n{string.Join('\n', lines.Select(line => "      " + line))}");
    }
}

using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
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

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Fargate finds a place and pulls the image.</summary>
    private static readonly TimeSpan ForPlacing = TimeSpan.FromMinutes(5);

    /// <exception cref="ExpectedException">An alarm of the application fires, or is not there.</exception>
    public Task RefuseFiringAlarmsAsync(CancellationToken stop) => order.DespiteAlarms ? Task.CompletedTask : new FiringAlarms(session, place, clock, note).RefuseAsync(stop);

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
    /// <exception cref="OutsideEventException">Another one was created since ours was found to be none.</exception>
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

            // In place of the group's alarms: the application's are named again, unless they are what is to be ended.
            OverrideAlarmConfiguration = new AlarmConfiguration
            {
                Enabled = true,
                IgnorePollAlarmFailure = false,
                Alarms = [.. (order.DespiteAlarms ? [] : place.Alarms).Append(heartbeat.Alarm).Select(name => new Alarm { Name = name })],
            },
        };
        try
        {
            return (await session.CodeDeploy.CreateDeploymentAsync(request, stop)).DeploymentId;
        }
        catch (AwsServiceException failure) when (failure.Code == "DeploymentLimitExceededException")
        {
            // An earlier attempt of this very call may be the one that is in the way: its answer was lost.
            var running = await RunningDeployment.FindAsync(session, place, clock, stop);
            return running is null ? throw Clients.Failures.AwsFailures.AsExpected(failure)
                : IsOurs(running, heartbeat) ? running.Info.DeploymentId
                : throw new OutsideEventException(Lost(running.Held(place.Application)));
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
        await RunningDeployment.FindAsync(session, place, clock, stop) is { } running && IsOurs(running, heartbeat) ? running.Info.DeploymentId : null;

    /// <exception cref="ExpectedException">It never becomes healthy, with the stop reason and the last log lines.</exception>
    /// <exception cref="OutsideEventException">It was ended.</exception>
    public async Task WaitUntilReadyAsync(string id, string taskDefinition, DeploymentWatch watch, Func<DeploymentInfo, Task<RolloutEvent>> ended, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        var within = (order.Manifest.Application.Health.StartWithin * Patience) + ForPlacing;
        var looks = 0;
        while (true)
        {
            var deployment = await watch.LookAsync(id, stop);
            if (deployment?.Status == CodeDeployStatus.Ready)
            {
                return;
            }

            // A runner that is gone may have let traffic move already: Ready does not come again.
            if (order.Adopted is not null && await CodeDeployClock.ShiftBeganAsync(session.CodeDeploy, id, stop) is not null)
            {
                return;
            }

            if (deployment is not null && CodeDeployStatus.IsOver(deployment.Status))
            {
                throw await ExplainAsync(taskDefinition, stop) is { } why
                    ? new ExpectedException(ExitCode.TargetFailed, $"the candidate never became healthy ({CodeDeployStatus.Why(deployment)}): {why}", "correct the version, then deploy again")
                    : new OutsideEventException(await ended(deployment));
            }

            var elapsed = clock.GetElapsedTime(began);
            var stops = deployment is not null && elapsed > order.Manifest.Application.Health.StartWithin * Patience && ++looks % 3 == 0 ? await ExplainAsync(taskDefinition, stop) : null;
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

    private static bool IsOurs(RunningDeployment running, HeartbeatName heartbeat) => LeaseText.Read(running.Info.Description)?.Key == heartbeat.Key;

    private static LeaseLost Lost(ExpectedException held) => new($"{held.Message} ({held.Remedy})");

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

        return $"{stopped.Length} of its tasks stopped, the last because: {StoppedTask.Reason(stopped[^1])}{await StoppedTask.LastWordsAsync(session, stopped, clock, stop)}";
    }
}

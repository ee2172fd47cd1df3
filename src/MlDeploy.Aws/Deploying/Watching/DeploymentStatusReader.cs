using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Aws.Deploying.Watching;

/// <summary>What is under way, from any machine, whoever judges it.</summary>
public sealed class DeploymentStatusReader(AwsSession session, DeploymentPlace place, TimeProvider clock)
{
    /// <returns>Null when nothing is under way.</returns>
    public async Task<DeploymentStatus?> ReadAsync(CancellationToken stop)
    {
        if (await RunningDeployment.FindAsync(session, place, clock, stop) is not { } running)
        {
            return null;
        }

        var serving = await new TrafficReader(session, place).ReadAsync(stop);
        var journal = running.Heartbeat is null ? [] : await JournalAsync(running.Info.DeploymentId, stop);
        var opened = journal.OfType<OpenedEntry>().FirstOrDefault();
        var state = journal.OfType<TransitionEntry>().LastOrDefault()?.State;
        var look = journal.OfType<LookEntry>().LastOrDefault(entry => entry.Judgments is not null);
        var lease = LeaseText.Read(running.Info.Description);
        var weight = serving.With(running.TaskDefinition ?? "")?.Weight ?? 0;
        var other = serving.Groups.FirstOrDefault(group => group.TaskDefinition is not null && group.TaskDefinition != running.TaskDefinition);
        return new DeploymentStatus(
            running.Info.DeploymentId,
            running.Info.Status,
            Phase(running, state, weight),
            await StrategyAsync(running.Info.DeploymentConfigName, stop),
            await NameAsync(running.TaskDefinition, stop) ?? opened?.Candidate ?? "?",
            running.IsRollback ? null : opened?.Stable ?? await NameAsync(other?.TaskDefinition, stop),
            weight,
            state is { Phase: Core.Rollout.Phase.Shifting or Core.Rollout.Phase.Judging or Core.Rollout.Phase.Baking or Core.Rollout.Phase.Paused } ? opened?.Plan.Steps[state.Step].Name : null,
            running.Info.CreateTime,
            lease?.Holder ?? opened?.Holder ?? running.Info.Creator,
            lease?.RunUrl ?? opened?.RunUrl,
            running.IsJudged,
            running.LastBeat?.TotalSeconds,
            running.Info.RollbackInfo?.RollbackTriggeringDeploymentId,
            state?.Reason,
            look?.Judgments ?? [],
            look?.At,
            ConsoleLinks.Deployment(session, running.Info.DeploymentId));
    }

    /// <summary>A runner's word counts while it lives; CodeDeploy and the listener tell the rest.</summary>
    private static string Phase(RunningDeployment running, RolloutState? state, double weight) =>
        running.IsRollback ? Verdicts.Name(Core.Rollout.Phase.RollingBack)
        : running.IsJudged && state is { IsFinal: false, Phase: not Core.Rollout.Phase.Pending } ? Verdicts.Name(state.Phase)
        : weight >= 1 ? Verdicts.Name(Core.Rollout.Phase.Baking)
        : weight > 0 ? Verdicts.Name(Core.Rollout.Phase.Shifting)
        : running.Info.Status == CodeDeployStatus.Ready ? Verdicts.Name(Core.Rollout.Phase.Testing)
        : Verdicts.Name(Core.Rollout.Phase.Starting);

    private async Task<ImmutableArray<JournalEntry>> JournalAsync(string deployment, CancellationToken stop)
    {
        try
        {
            return await new JournalCopyReader(session.Logs, place.LogGroup).ReadAsync(deployment, stop);
        }
        catch (Exception unread) when (unread is ExpectedException or AwsServiceException { Kind: AwsFailureKind.AccessDenied })
        {
            // Status tells what there is; `report` says what is wrong with the journal.
            return [];
        }
    }

    private async Task<string?> NameAsync(string? taskDefinition, CancellationToken stop) =>
        taskDefinition is null ? null : (await DeployedVersion.ReadAsync(session.Ecs, taskDefinition, stop))?.Id ?? taskDefinition[(taskDefinition.LastIndexOf('/') + 1)..];

    private async Task<string?> StrategyAsync(string? configuration, CancellationToken stop)
    {
        if (configuration is null)
        {
            return null;
        }

        try
        {
            var routing = (await session.CodeDeploy.GetDeploymentConfigAsync(new GetDeploymentConfigRequest { DeploymentConfigName = configuration }, stop)).DeploymentConfigInfo.TrafficRoutingConfig;
            return routing switch
            {
                { TimeBasedCanary: { } canary } => $"canary: {canary.CanaryPercentage} % for {canary.CanaryInterval} min",
                { TimeBasedLinear: { } linear } => $"linear: {linear.LinearPercentage} % more every {linear.LinearInterval} min",
                { Type: "AllAtOnce" } => "all traffic at once",
                _ => configuration,
            };
        }
        catch (AwsServiceException)
        {
            return configuration;
        }
    }
}

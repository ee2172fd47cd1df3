using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Deploying.History;

/// <summary>One deployment as CodeDeploy and its task definition tell it.</summary>
/// <param name="Outcome">promoted, rolled back, failed, stopped, under way; a rollback that failed is unsafe.</param>
/// <param name="Reason">Why it did not succeed, as whoever judged it said; CodeDeploy's words where nobody could. Null when it succeeded.</param>
/// <param name="ExitCode">How the command that deployed ended; null when it did not live to tell.</param>
/// <param name="CodeDeploySays">CodeDeploy's own reason; null when it succeeded.</param>
/// <param name="TaskDefinition">ARN; null when the deployment does not tell.</param>
public sealed record AwsHistoryEntry(
    string Deployment, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string Candidate, string? Image, string? Model, string? Git,
    string Outcome, string? Reason, string? Holder, string? RunUrl, string? RollbackDeployment, string? TaskDefinition,
    ExitCode? ExitCode, string? CodeDeploySays);

/// <summary>What was deployed, from the target itself, so that every machine sees the same.</summary>
public sealed class HistoryReader(AwsSession session, DeploymentPlace place)
{
    private readonly JournalCopyReader journals = new(session.Logs, place.LogGroup);
    private readonly Dictionary<string, DeployedVersion?> versions = new(StringComparer.Ordinal);

    /// <param name="most">How many, newest first; rollbacks are told with what they undid.</param>
    public async Task<ImmutableArray<AwsHistoryEntry>> ReadAsync(int most, CancellationToken stop)
    {
        var infos = await DeploymentsAsync(most * 2, stop);
        var byId = infos.ToDictionary(info => info.DeploymentId, StringComparer.Ordinal);
        var entries = ImmutableArray.CreateBuilder<AwsHistoryEntry>();
        foreach (var info in infos.Where(info => !CodeDeployStatus.IsRollback(info)).OrderByDescending(info => info.CreateTime).Take(most))
        {
            var rollback = info.RollbackInfo?.RollbackDeploymentId is { Length: > 0 } id ? byId.GetValueOrDefault(id) : null;
            entries.Add(await EntryAsync(info, rollback, stop));
        }

        return entries.ToImmutable();
    }

    private async Task<AwsHistoryEntry> EntryAsync(DeploymentInfo info, DeploymentInfo? rollback, CancellationToken stop)
    {
        var definition = AppSpec.TaskDefinitionOf(info.Revision);
        var version = definition is null ? null : await VersionAsync(definition, stop);
        var lease = LeaseText.Read(info.Description);
        var outcome = Outcome(info, rollback);
        var end = outcome is "promoted" or "under way" ? null : (await journals.EndAsync(info.DeploymentId, stop))?.State;
        var says = outcome is "promoted" or "under way" ? null
            : rollback is { Status: CodeDeployStatus.Failed or CodeDeployStatus.Stopped } ? $"{CodeDeployStatus.Why(info)}; the rollback {rollback.DeploymentId} is {rollback.Status}: {CodeDeployStatus.Why(rollback)}"
            : CodeDeployStatus.Why(info);
        return new AwsHistoryEntry(
            info.DeploymentId,
            info.CreateTime,
            rollback is null ? info.CompleteTime : rollback.CompleteTime,
            version?.Id ?? definition?[(definition.LastIndexOf('/') + 1)..] ?? "?",
            version?.Image,
            version?.Model,
            version?.Git,
            outcome,
            end?.Reason ?? ByItself(info) ?? says,
            lease?.Holder ?? version?.Holder ?? info.Creator,
            version?.RunUrl ?? lease?.RunUrl,
            info.RollbackInfo?.RollbackDeploymentId,
            definition,
            end?.Exit,
            says);
    }

    /// <summary>That the runner was gone, where the alarm that ended the deployment is its heartbeat's.</summary>
    private string? ByItself(DeploymentInfo info) =>
        HeartbeatName.Of(place.Application, info) is { } heartbeat && CodeDeployStatus.Why(info).Contains(heartbeat.Alarm, StringComparison.Ordinal)
            ? $"heartbeats had stopped, so that nobody judged it: CodeDeploy rolled back by itself (alarm {heartbeat.Alarm})"
            : null;

    private static string Outcome(DeploymentInfo info, DeploymentInfo? rollback) => info.Status switch
    {
        CodeDeployStatus.Succeeded => "promoted",
        CodeDeployStatus.Stopped or CodeDeployStatus.Failed => rollback?.Status switch
        {
            CodeDeployStatus.Succeeded => "rolled back",
            CodeDeployStatus.Failed or CodeDeployStatus.Stopped => "unsafe",
            not null => "rolling back",
            null => info.Status == CodeDeployStatus.Stopped ? "stopped" : "failed",
        },
        _ => "under way",
    };

    private async Task<DeployedVersion?> VersionAsync(string definition, CancellationToken stop)
    {
        if (!versions.TryGetValue(definition, out var version))
        {
            versions[definition] = version = await DeployedVersion.ReadAsync(session.Ecs, definition, stop);
        }

        return version;
    }

    private async Task<ImmutableArray<DeploymentInfo>> DeploymentsAsync(int most, CancellationToken stop)
    {
        var ids = new List<string>();
        await foreach (var id in session.CodeDeploy.DeploymentsAsync(new ListDeploymentsRequest { ApplicationName = place.CodeDeployApplication, DeploymentGroupName = place.DeploymentGroup }, stop))
        {
            ids.Add(id);
            if (ids.Count >= most)
            {
                break;
            }
        }

        var infos = ImmutableArray.CreateBuilder<DeploymentInfo>();
        foreach (var some in ids.Chunk(25))
        {
            infos.AddRange((await session.CodeDeploy.BatchGetDeploymentsAsync(new BatchGetDeploymentsRequest { DeploymentIds = [.. some] }, stop)).DeploymentsInfo);
        }

        return infos.ToImmutable();
    }
}

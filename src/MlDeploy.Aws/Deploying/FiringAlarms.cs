using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>CodeDeploy ends a deployment under an alarm that fires, at once or in the midst: known before, and which.</summary>
internal sealed class FiringAlarms(AwsSession session, DeploymentPlace place, TimeProvider clock, Action<string> note)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    /// <summary>What a version that is gone has left fires until its minutes are out of the alarm's range: three of them, settled late.</summary>
    private static readonly TimeSpan PassesWithin = TimeSpan.FromMinutes(6);

    /// <summary>From the end of a version's traffic to alarms that have seen all of it: two minutes of evaluation, after metrics that come a minute late.</summary>
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromMinutes(3);

    /// <summary>Since the end of a deployment whose alarms may still fire.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <exception cref="ExpectedException">One fires, or is not there.</exception>
    public async Task RefuseAsync(CancellationToken stop)
    {
        if (place.Alarms.IsEmpty)
        {
            return;
        }

        var firing = await FiringAsync(stop);
        if (await UndoneAsync(stop) is { } gone)
        {
            var settled = gone.Ended + SettlesWithin;
            if (firing.IsEmpty && clock.GetUtcNow() < settled && await CodeDeployClock.ShiftBeganAsync(session.CodeDeploy, gone.Deployment, stop) is not null)
            {
                note($"deployment {gone.Deployment} was rolled back {Words.Of(clock.GetUtcNow() - gone.Ended)} ago; waiting {Words.Of(settled - clock.GetUtcNow())} for its last minutes, for which an alarm may still fire");
                firing = await LookAsync(firing => firing.IsEmpty && clock.GetUtcNow() < settled, stop);
            }

            if (!firing.IsEmpty && firing.All(alarm => Since(alarm) > gone.Began))
            {
                note($"{Named(firing)} still for deployment {gone.Deployment}, which was rolled back; waiting up to {Words.Of(PassesWithin)} until that is over");
                var over = clock.GetUtcNow() + PassesWithin;
                firing = await LookAsync(firing => !firing.IsEmpty && clock.GetUtcNow() < over, stop);
            }
        }

        if (firing is [var first, ..])
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"{Named(firing)}{(Since(first) is { } since ? $" since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "")}, and CodeDeploy deploys nothing under it: {Words.FirstLine(first.StateReason ?? "no reason given")}",
                "bring the version that serves in order first, or go back with `mldeploy rollback --target aws`, which no alarm stops; `mldeploy metrics --target aws` shows how it does");
        }
    }

    private static string Named(ImmutableArray<MetricAlarm> firing) =>
        firing.Length == 1 ? $"the alarm {firing[0].AlarmName} fires" : $"the alarms {string.Join(", ", firing.Select(alarm => alarm.AlarmName))} fire";

    private static DateTimeOffset? Since(MetricAlarm alarm) => alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;

    private async Task<ImmutableArray<MetricAlarm>> FiringAsync(CancellationToken stop)
    {
        var alarms = (await session.CloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = place.Alarms }, stop)).MetricAlarms;
        if (alarms.Length < place.Alarms.Length)
        {
            var there = alarms.Select(alarm => alarm.AlarmName).ToHashSet(StringComparer.Ordinal);
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the stack names the alarms {string.Join(", ", place.Alarms.Where(name => !there.Contains(name)))}, which are not there",
                "`mldeploy provision --target aws` makes what was deleted; a deployment without its alarms would not undo itself");
        }

        return [.. alarms.Where(alarm => alarm.StateValue == "ALARM")];
    }

    private async Task<ImmutableArray<MetricAlarm>> LookAsync(Func<ImmutableArray<MetricAlarm>, bool> again, CancellationToken stop)
    {
        while (true)
        {
            var firing = await FiringAsync(stop);
            if (!again(firing))
            {
                return firing;
            }

            await Task.Delay(LookEvery, clock, stop);
        }
    }

    /// <returns>The last deployment, when it was undone a short while ago.</returns>
    private async Task<Undone?> UndoneAsync(CancellationToken stop)
    {
        var page = await session.CodeDeploy.ListDeploymentsAsync(
            new ListDeploymentsRequest
            {
                ApplicationName = place.CodeDeployApplication,
                DeploymentGroupName = place.DeploymentGroup,
                IncludeOnlyStatuses = [CodeDeployStatus.Stopped, CodeDeployStatus.Failed],
                CreateTimeRange = new TimeRange { Start = clock.GetUtcNow() - TimeSpan.FromDays(1), End = clock.GetUtcNow() },
            },
            stop);
        if (page.Deployments.IsEmpty)
        {
            return null;
        }

        var last = (await session.CodeDeploy.BatchGetDeploymentsAsync(new BatchGetDeploymentsRequest { DeploymentIds = [.. page.Deployments.Take(25)] }, stop)).DeploymentsInfo
            .Where(info => !CodeDeployStatus.IsRollback(info)).MaxBy(info => info.CreateTime);
        return last is { CreateTime: { } began, CompleteTime: { } ended } && clock.GetUtcNow() - ended < Recent ? new Undone(last.DeploymentId, began, ended) : null;
    }

    private sealed record Undone(string Deployment, DateTimeOffset Began, DateTimeOffset Ended);
}

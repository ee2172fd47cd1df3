using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>A deployment ended while we judged it: by whom, and so what it means for the rollout.</summary>
internal sealed class EndedOutside(CloudWatchClient cloudWatch, HeartbeatName heartbeat, Func<TimeSpan> sinceLastBeat)
{
    /// <summary>Not of the last seconds, when the alarm may fire for it.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(30);

    /// <summary>The gate's name when none is seen to fire.</summary>
    private const string UnknownAlarm = "alarm";

    public async Task<RolloutEvent> TellAsync(DeploymentInfo deployment, CancellationToken stop)
    {
        if (deployment.Status == CodeDeployStatus.Succeeded)
        {
            return new PromoteRequested("whoever ended the wait in CodeDeploy");
        }

        var (code, why) = (deployment.ErrorInformation?.Code ?? "", CodeDeployStatus.Why(deployment));
        if (code == "ALARM_ACTIVE" || why.Contains("alarm", StringComparison.OrdinalIgnoreCase))
        {
            return await ByAlarmAsync(deployment, why, stop);
        }

        // A stop without a reason is somebody's, unless an alarm fires.
        if (deployment is { Status: CodeDeployStatus.Stopped, ErrorInformation: null } && await ByAlarmAsync(deployment, why, stop) is GateFailed { Gate: not UnknownAlarm } fired)
        {
            return fired;
        }

        return deployment.Status == CodeDeployStatus.Stopped
            ? new AbortRequested($"whoever stopped deployment {deployment.DeploymentId} in CodeDeploy ({why})")
            : new TargetFailed($"CodeDeploy failed deployment {deployment.DeploymentId}: {why}{(code.Length == 0 ? "" : $" ({code})")}");
    }

    /// <summary>No heartbeat for so long that CodeDeploy has rolled back, whether we can read it or not.</summary>
    public GateFailed Silent(string trouble) => new(
        "heartbeat",
        $"no heartbeat reached CloudWatch for {Words.Of(sinceLastBeat())} ({trouble}), so that nobody judged: CodeDeploy rolls back by itself then",
        []);

    private async Task<RolloutEvent> ByAlarmAsync(DeploymentInfo deployment, string why, CancellationToken stop)
    {
        var names = deployment.OverrideAlarmConfiguration?.Alarms.Select(alarm => alarm.Name).OfType<string>().ToArray() ?? [];
        var firing = names.Where(name => why.Contains(name, StringComparison.Ordinal)).ToArray();
        if (firing.Length == 0 && names.Length > 0)
        {
            try
            {
                firing = [.. (await cloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = [.. names] }, stop)).MetricAlarms.Where(alarm => alarm.StateValue == "ALARM").Select(alarm => alarm.AlarmName)];
            }
            catch (AwsServiceException)
            {
                // Which one is not known; that one did is.
            }
        }

        var own = firing.Where(name => name != heartbeat.Alarm).ToArray();
        return own.Length == 0 && (firing.Length > 0 || sinceLastBeat() > Gap)
            ? new GateFailed("heartbeat", $"heartbeats had stopped reaching CloudWatch, so that CodeDeploy rolled back by itself (alarm {heartbeat.Alarm})", [])
            : new GateFailed(own.Length == 0 ? UnknownAlarm : $"alarm {string.Join(", ", own)}", $"it fired, and CodeDeploy rolled back by itself: {why}", []);
    }
}

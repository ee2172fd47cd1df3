using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>The dead man's switch: an alarm that CodeDeploy rolls back on once our heartbeats stop.</summary>
/// <param name="topic">ARN of who is told when it fires; null for nobody. The runner cannot tell then: it is gone.</param>
public sealed class HeartbeatAlarm(CloudWatchClient cloudWatch, HeartbeatName name, string? topic, TimeProvider clock)
{
    /// <summary>
    /// Three periods of ten seconds. CloudWatch takes missing data for breaching only once older points have left its evaluation range
    /// (CloudWatch, "Configuring how alarms treat missing data"): a gap of 60 s survives, traffic is back within three minutes.
    /// </summary>
    private const int Period = 10;
    private const int Periods = 3;

    private static readonly TimeSpan OkWithin = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    public HeartbeatName Name => name;

    public Task CreateAsync(CancellationToken stop) => PutAsync("breaching", stop);

    /// <summary>Nobody judges any more, and that is meant.</summary>
    public Task ReleaseAsync(CancellationToken stop) => PutAsync("notBreaching", stop);

    /// <summary>CodeDeploy refuses to start under an alarm that is not OK. Beats must be sent meanwhile.</summary>
    /// <exception cref="ExpectedException">It does not become OK.</exception>
    public async Task WaitUntilOkAsync(CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var alarm = (await cloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = [name.Alarm] }, stop)).MetricAlarms.FirstOrDefault();
            if (alarm is { StateValue: "OK" })
            {
                return;
            }

            if (clock.GetElapsedTime(began) > OkWithin)
            {
                throw new ExpectedException(
                    ExitCode.TargetFailed,
                    $"the heartbeat alarm {name.Alarm} is {alarm?.StateValue ?? "not there"} after {Words.Of(OkWithin)}, although heartbeats are sent",
                    "deploy again; if it stays so, look at the alarm and at the metric mldeploy/Heartbeat in CloudWatch");
            }

            await Task.Delay(LookEvery, clock, stop);
        }
    }

    public Task DeleteAsync(CancellationToken stop) => cloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [name.Alarm] }, stop);

    /// <summary>Deletes what deployments that are over have left: an alarm costs, and tells nothing any more.</summary>
    /// <param name="kept">Of a deployment under way; null for none.</param>
    /// <returns>Names of what was deleted.</returns>
    public static async Task<IReadOnlyList<string>> SweepAsync(CloudWatchClient cloudWatch, string application, HeartbeatName? kept, CancellationToken stop)
    {
        var stale = new List<string>();
        await foreach (var alarm in cloudWatch.AlarmsAsync(new DescribeAlarmsRequest { AlarmNamePrefix = HeartbeatName.Prefix(application) }, stop))
        {
            if (alarm.AlarmName != kept?.Alarm)
            {
                stale.Add(alarm.AlarmName);
            }
        }

        foreach (var some in stale.Chunk(100))
        {
            await cloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [.. some] }, stop);
        }

        return stale;
    }

    private Task PutAsync(string missing, CancellationToken stop) => cloudWatch.PutMetricAlarmAsync(
        new PutMetricAlarmRequest
        {
            AlarmName = name.Alarm,
            AlarmDescription = missing == "breaching"
                ? $"Heartbeats of the mldeploy that judges a deployment of {name.Application}. In ALARM they have stopped: nobody judges it, and CodeDeploy rolls it back by itself."
                : $"mldeploy was told to leave a deployment of {name.Application} alone: nobody judges it.",
            Namespace = HeartbeatName.Namespace,
            MetricName = HeartbeatName.Metric,
            Dimensions = name.Dimensions,
            Statistic = "Sum",
            Period = Period,
            EvaluationPeriods = Periods,
            DatapointsToAlarm = Periods,
            Threshold = 1,
            ComparisonOperator = "LessThanThreshold",
            TreatMissingData = missing,
            AlarmActions = topic is null ? [] : [topic],
            Tags = [new Tag { Key = Templates.StackTags.Application, Value = name.Application }],
        },
        stop);
}

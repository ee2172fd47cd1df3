using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>The dead man's switch: an alarm that CodeDeploy rolls back on once our heartbeats stop, and that is gone some minutes after them.</summary>
/// <param name="topic">ARN of who is told when it fires; null for nobody. The runner cannot tell then: it is gone.</param>
public sealed class HeartbeatAlarm(CloudWatchClient cloudWatch, HeartbeatExpiry expiry, HeartbeatName name, string? topic, TimeProvider clock)
{
    /// <summary>
    /// Three periods of ten seconds. CloudWatch takes missing data for breaching only once older points have left its evaluation range
    /// (CloudWatch, "Configuring how alarms treat missing data"): a gap of 60 s survives, traffic is back within three minutes.
    /// </summary>
    private const int Period = 10;
    private const int Periods = 3;

    /// <summary>More beats than anybody sends in ten seconds.</summary>
    private const double Unreachable = 1_000_000;

    private static readonly TimeSpan OkWithin = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    public HeartbeatName Name => name;

    /// <summary>Makes it, or takes over one that a runner who is gone has left. Its end stands before it does: no instant leaves an alarm for ever.</summary>
    public async Task ArmAsync(CancellationToken stop)
    {
        await expiry.PutOffAsync(expiry.Next, stop);
        await PutAsync("breaching", stop);
    }

    /// <summary>Once a minute while we live. A failure is not one of the deployment: there are five minutes more to try again.</summary>
    public async Task RenewAsync(CancellationToken stop)
    {
        try
        {
            if (!await expiry.PutOffAsync(expiry.Next, stop))
            {
                // Scheduler was out of reach for so long that the alarm was deleted although we beat.
                await PutAsync("breaching", stop);
            }
        }
        catch (AwsServiceException)
        {
            // The next minute tries again.
        }
    }

    /// <summary>Nobody judges any more, and that is meant.</summary>
    /// <param name="until">By when CodeDeploy has ended the deployment: the alarm is deleted then.</param>
    public async Task ReleaseAsync(DateTimeOffset until, CancellationToken stop)
    {
        await expiry.PutOffAsync(until, stop);
        await PutAsync("notBreaching", stop);
    }

    /// <summary>
    /// Makes it fire with its next evaluation: the beats that were sent breach from now on, as missing ones do. A failure is not told: beats
    /// are to end with this, and it fires for that, a minute or two later.
    /// </summary>
    public async Task FireAsync(CancellationToken stop)
    {
        try
        {
            await PutAsync("breaching", stop, threshold: Unreachable);
        }
        catch (AwsServiceException)
        {
            // It fires later.
        }
    }

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

    /// <summary>Safe to repeat.</summary>
    public async Task DeleteAsync(CancellationToken stop)
    {
        try
        {
            await cloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [name.Alarm] }, stop);
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            // As wanted.
        }

        await expiry.EndAsync(stop);
    }

    private Task PutAsync(string missing, CancellationToken stop, double threshold = 1) => cloudWatch.PutMetricAlarmAsync(
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
            Threshold = threshold,
            ComparisonOperator = "LessThanThreshold",
            TreatMissingData = missing,
            AlarmActions = topic is null ? [] : [topic],
            Tags = [new Tag { Key = Templates.StackTags.Application, Value = name.Application }],
        },
        stop);
}

using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>
/// Heartbeat alarms that nobody feeds, in the minutes before they expire by themselves. Only those that fire: one that is OK may belong to
/// a deployment that another process is just about to create.
/// </summary>
public static class StaleAlarms
{
    public static async Task SweepAsync(AwsSession session, string application, CancellationToken stop)
    {
        var stale = new List<string>();
        await foreach (var alarm in session.CloudWatch.AlarmsAsync(new DescribeAlarmsRequest { AlarmNamePrefix = HeartbeatName.Prefix(application), StateValue = "ALARM" }, stop))
        {
            if (HeartbeatName.OfAlarm(application, alarm.AlarmName) is not null)
            {
                stale.Add(alarm.AlarmName);
            }
        }

        foreach (var some in stale.Chunk(100))
        {
            await session.CloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [.. some] }, stop);
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Scheduler;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>
/// Deletes a heartbeat's alarm when nobody is left to: a one-time schedule that calls DeleteAlarms by itself and is put off while a runner
/// lives (EventBridge Scheduler, "Using universal targets"). A standing alarm instead would stay in ALARM after a dead runner.
/// </summary>
/// <param name="role">ARN of the role that the schedule deletes it with; of the application's stack.</param>
public sealed class HeartbeatExpiry(SchedulerClient scheduler, HeartbeatName name, string role, TimeProvider clock)
{
    /// <summary>Twice what the dead man's switch may take, so that CodeDeploy has seen the alarm fire before it goes.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(6);

    private string Partition => role.Split(':') is [_, { Length: > 0 } partition, ..] ? partition : "aws";

    /// <param name="by">When the alarm is deleted, unless it is put off again; Scheduler is a minute late at most.</param>
    /// <returns>False when there was none, so that it was made: its time had come, and the alarm is gone.</returns>
    public async Task<bool> PutOffAsync(DateTimeOffset by, CancellationToken stop)
    {
        var (expression, target) = (by.UtcDateTime.ToString("'at('yyyy-MM-dd'T'HH:mm:ss')'", CultureInfo.InvariantCulture), Target());
        try
        {
            await scheduler.UpdateScheduleAsync(
                new UpdateScheduleRequest { Name = name.Alarm, ScheduleExpression = expression, Target = target, FlexibleTimeWindow = Exactly, ActionAfterCompletion = "DELETE", Description = Description }, stop);
            return true;
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            // Made below.
        }

        await scheduler.CreateScheduleAsync(
            new CreateScheduleRequest { Name = name.Alarm, ScheduleExpression = expression, Target = target, FlexibleTimeWindow = Exactly, ActionAfterCompletion = "DELETE", Description = Description }, stop);
        return false;
    }

    /// <summary>Safe to repeat.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        try
        {
            await scheduler.DeleteScheduleAsync(new DeleteScheduleRequest { Name = name.Alarm }, stop);
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            // It has had its time.
        }
    }

    public DateTimeOffset Next => clock.GetUtcNow() + Ahead;

    private static FlexibleTimeWindow Exactly { get; } = new() { Mode = "OFF" };

    private string Description => $"mldeploy: deletes the heartbeat alarm of a deployment of {name.Application} whose runner is gone";

    private Target Target() => new()
    {
        Arn = $"arn:{Partition}:scheduler:::aws-sdk:cloudwatch:deleteAlarms",
        RoleArn = role,
        Input = new JsonObject { ["AlarmNames"] = new JsonArray(name.Alarm) }.ToJsonString(),
        RetryPolicy = new RetryPolicy { MaximumRetryAttempts = 3, MaximumEventAgeInSeconds = 3600 },
    };
}

using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Events;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Alarms;

/// <summary>Carries out what an alarm does on entering a state: tells SNS topics and EventBridge. Scaling policies look at the alarms themselves.</summary>
internal sealed class AlarmActions(TwinContext context, AlarmBook book, EventBus events)
{
    public async Task ActAsync(AlarmChange change, CancellationToken cancel)
    {
        var alarm = change.Now.Alarm;
        foreach (var action in change.Now.ActionsEnabled ? alarm.Actions(change.Now.State) : [])
        {
            if (!action.StartsWith("arn:aws:sns:", StringComparison.Ordinal))
                continue;
            try
            {
                var region = alarm.Arn.Split(':')[3];
                using var sns = context.Caller("cloudwatch", region);
                await sns.QueryAsync("sns", "Publish", new JsonObject
                {
                    ["TopicArn"] = action,
                    ["Subject"] = Subject(change, region),
                    ["Message"] = Message(change, region).ToJsonString(),
                }, cancel);
                book.NoteAction(alarm.Name, $"Successfully executed action {action}");
            }
            catch (AwsError error)
            {
                book.NoteAction(alarm.Name, $"Failed to execute action {action}. Received error: \"{error.Message}\"");
            }
        }

        events.Tell(change);
    }

    private static string Subject(AlarmChange change, string region)
    {
        var subject = $"{AlarmRecord.Text(change.Now.State)}: \"{change.Now.Alarm.Name}\" in {RegionName(region)}";
        return subject.Length <= 100 ? subject : subject[..100];
    }

    private static JsonObject Message(AlarmChange change, string region)
    {
        var alarm = change.Now.Alarm;
        var trigger = new JsonObject
        {
            ["Period"] = alarm.Rule.Period,
            ["EvaluationPeriods"] = alarm.Rule.EvaluationPeriods,
            ["DatapointsToAlarm"] = alarm.Rule.DatapointsToAlarm,
            ["ComparisonOperator"] = alarm.Rule.Comparison,
            ["Threshold"] = alarm.Rule.Threshold,
            ["TreatMissingData"] = alarm.Rule.MissingData,
        };
        if (alarm.Queries is [{ Metric: { } metric }])
        {
            trigger["MetricName"] = metric.Name;
            trigger["Namespace"] = metric.Namespace;
            trigger["Dimensions"] = new JsonArray([.. metric.Pairs.Select(pair => new JsonObject { ["name"] = pair.Name, ["value"] = pair.Value })]);
        }

        return new JsonObject
        {
            ["AlarmName"] = alarm.Name,
            ["AlarmDescription"] = alarm.Input.Text("AlarmDescription"),
            ["AWSAccountId"] = TwinAccount.Id,
            ["AlarmConfigurationUpdatedTimestamp"] = Time(change.Now.Configured),
            ["NewStateValue"] = AlarmRecord.Text(change.Now.State),
            ["NewStateReason"] = change.Now.Reason,
            ["StateChangeTime"] = Time(change.Now.Changed),
            ["Region"] = RegionName(region),
            ["AlarmArn"] = alarm.Arn,
            ["OldStateValue"] = AlarmRecord.Text(change.Before),
            ["OKActions"] = new JsonArray([.. alarm.Actions(AlarmState.Ok).Select(each => JsonValue.Create(each))]),
            ["AlarmActions"] = new JsonArray([.. alarm.Actions(AlarmState.Alarm).Select(each => JsonValue.Create(each))]),
            ["InsufficientDataActions"] = new JsonArray([.. alarm.Actions(AlarmState.InsufficientData).Select(each => JsonValue.Create(each))]),
            ["Trigger"] = trigger,
        };
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff+0000", CultureInfo.InvariantCulture);

    /// <summary>As mails show it; others by their code.</summary>
    private static string RegionName(string region) => region switch
    {
        "eu-central-1" => "EU (Frankfurt)",
        "eu-west-1" => "EU (Ireland)",
        "us-east-1" => "US East (N. Virginia)",
        _ => region,
    };
}

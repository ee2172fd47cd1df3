using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Alarms;

/// <summary>CloudWatch's alarms. Composite alarms and anomaly detection are not the twin's.</summary>
internal sealed class AlarmsService(AlarmBook book, AlarmActions actions) : ITwinService
{
    public string SigningName => "monitoring";

    public bool Owns(string action) => action is "PutMetricAlarm" or "PutCompositeAlarm" or "DescribeAlarms" or "DescribeAlarmsForMetric" or "DeleteAlarms"
        or "SetAlarmState" or "DescribeAlarmHistory" or "EnableAlarmActions" or "DisableAlarmActions";

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        var input = request.Input;
        switch (request.Action)
        {
            case "PutMetricAlarm":
                book.Put(Alarm.Read((JsonObject)input.DeepClone(), request.Region));
                return TwinReply.Empty;
            case "DeleteAlarms":
                var names = input.Texts("AlarmNames").ToList();
                if (names.FirstOrDefault(name => !book.All.ContainsKey(name)) is { } unknown && names.Count > 0)
                    throw new AwsError("ResourceNotFound", $"Alarm {unknown} does not exist", 404);
                book.Delete(names);
                return TwinReply.Empty;
            case "EnableAlarmActions" or "DisableAlarmActions":
                book.EnableActions(input.Texts("AlarmNames"), request.Action == "EnableAlarmActions");
                return TwinReply.Empty;
            case "SetAlarmState":
                var state = input.Required("StateValue") switch
                {
                    "OK" => AlarmState.Ok,
                    "ALARM" => AlarmState.Alarm,
                    "INSUFFICIENT_DATA" => AlarmState.InsufficientData,
                    var other => throw new AwsError("ValidationError", $"The value {other} for parameter StateValue is not supported."),
                };
                if (book.Set(input.Required("AlarmName"), state, input.Required("StateReason")) is { } change)
                    await actions.ActAsync(change, cancel);
                return TwinReply.Empty;
            case "DescribeAlarms":
                return TwinReply.Of(Describe(input));
            case "DescribeAlarmHistory":
                return TwinReply.Of(History(input));
            case "DescribeAlarmsForMetric":
                var wanted = Metrics.MetricKey.Read(input);
                return TwinReply.Of(new JsonObject
                {
                    ["MetricAlarms"] = new JsonArray([.. book.All.Values.Where(alarm => alarm.Alarm.Queries.Any(query => query.Metric == wanted)).Select(ToJson)]),
                });
            default:
                throw new AwsError("InvalidAction", $"The twin has no {request.Action}.");
        }
    }

    public (string Section, JsonNode Content)? Describe() =>
        ("alarms", new JsonObject(book.All.Values.Select(alarm => KeyValuePair.Create(alarm.Alarm.Name, (JsonNode?)new JsonObject
        {
            ["state"] = AlarmRecord.Text(alarm.State),
            ["reason"] = alarm.Reason,
        }))));

    private JsonObject Describe(JsonObject input)
    {
        var names = input.Texts("AlarmNames").ToHashSet();
        var isMetric = !input.Texts("AlarmTypes").Any() || input.Texts("AlarmTypes").Contains("MetricAlarm");
        var found = book.All.Values.Where(alarm =>
            isMetric
            && (names.Count == 0 || names.Contains(alarm.Alarm.Name))
            && alarm.Alarm.Name.StartsWith(input.Text("AlarmNamePrefix") ?? "", StringComparison.Ordinal)
            && (input.Text("StateValue") ?? AlarmRecord.Text(alarm.State)) == AlarmRecord.Text(alarm.State)
            && (input.Text("ActionPrefix") is not { } prefix || Enum.GetValues<AlarmState>().SelectMany(state => alarm.Alarm.Actions(state)).Any(action => action.StartsWith(prefix, StringComparison.Ordinal))));
        var skipped = input.Whole("NextToken") ?? 0;
        var size = input.Whole("MaxRecords") ?? 100;
        var page = found.Skip(skipped).Take(size + 1).ToList();
        return new JsonObject
        {
            ["MetricAlarms"] = new JsonArray([.. page.Take(size).Select(ToJson)]),
            ["CompositeAlarms"] = new JsonArray(),
            ["NextToken"] = page.Count > size ? $"{skipped + size}" : null,
        };
    }

    private static JsonObject ToJson(AlarmRecord alarm)
    {
        var shown = (JsonObject)alarm.Alarm.Input.DeepClone();
        shown.Remove("Tags");
        foreach (var number in new[] { "Threshold" })
            shown[number] = alarm.Alarm.Input.Number(number);
        foreach (var whole in new[] { "Period", "EvaluationPeriods", "DatapointsToAlarm" })
        {
            if (alarm.Alarm.Input.Whole(whole) is { } value)
                shown[whole] = value;
        }

        foreach (var list in new[] { "OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions" })
            shown[list] ??= new JsonArray();
        shown["ActionsEnabled"] = alarm.ActionsEnabled;
        shown["AlarmArn"] = alarm.Alarm.Arn;
        shown["AlarmConfigurationUpdatedTimestamp"] = alarm.Configured;
        shown["StateValue"] = AlarmRecord.Text(alarm.State);
        shown["StateReason"] = alarm.Reason;
        shown["StateUpdatedTimestamp"] = alarm.Changed;
        shown["StateTransitionedTimestamp"] = alarm.Changed;
        return shown;
    }

    private JsonObject History(JsonObject input)
    {
        var found = book.History.Where(item =>
            (input.Text("AlarmName") ?? item.AlarmName) == item.AlarmName
            && (input.Text("HistoryItemType") ?? item.Kind) == item.Kind
            && (input.Time("StartDate") ?? item.At) <= item.At
            && (input.Time("EndDate") ?? item.At) >= item.At);
        if (input.Text("ScanBy") != "TimestampAscending")
            found = found.Reverse();
        return new JsonObject
        {
            ["AlarmHistoryItems"] = new JsonArray([.. found.Take(input.Whole("MaxRecords") ?? 100).Select(item => new JsonObject
            {
                ["AlarmName"] = item.AlarmName,
                ["AlarmType"] = "MetricAlarm",
                ["Timestamp"] = item.At,
                ["HistoryItemType"] = item.Kind,
                ["HistorySummary"] = item.Summary,
                ["HistoryData"] = item.Data,
            })]),
        };
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Metrics;

namespace MlDeploy.AwsTwin.Alarms;

/// <summary>All alarms, their states and their history.</summary>
internal sealed class AlarmBook(MetricStore store, TimeProvider time)
{
    /// <summary>How often AWS looks: every minute, and every 10 seconds where the period is shorter.</summary>
    private static TimeSpan Pace(AlarmRule rule) => TimeSpan.FromSeconds(rule.Period < 60 ? 10 : 60);

    private readonly Lock gate = new();
    private readonly List<AlarmHistoryItem> history = [];
    private ImmutableSortedDictionary<string, AlarmRecord> alarms = ImmutableSortedDictionary.Create<string, AlarmRecord>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, AlarmRecord> All
    {
        get
        {
            lock (gate)
                return alarms;
        }
    }

    public IReadOnlyList<AlarmHistoryItem> History
    {
        get
        {
            lock (gate)
                return [.. history];
        }
    }

    public void Put(Alarm alarm)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var fresh = new AlarmRecord(alarm, now) { ActionsEnabled = alarm.Input.Flag("ActionsEnabled") ?? true };
            // An existing alarm keeps its state until it is evaluated anew.
            alarms = alarms.SetItem(alarm.Name, alarms.TryGetValue(alarm.Name, out var old)
                ? fresh with { State = old.State, Reason = old.Reason, Changed = old.Changed, Recent = old.Recent }
                : fresh);
            Note(alarm.Name, "ConfigurationUpdate", $"Alarm \"{alarm.Name}\" {(old is null ? "created" : "updated")}", "{}");
        }
    }

    public void Delete(IEnumerable<string> names)
    {
        lock (gate)
        {
            foreach (var name in names.Where(alarms.ContainsKey))
            {
                Note(name, "ConfigurationUpdate", $"Alarm \"{name}\" deleted", "{}");
                alarms = alarms.Remove(name);
            }
        }
    }

    public void EnableActions(IEnumerable<string> names, bool enabled)
    {
        lock (gate)
        {
            foreach (var name in names.Where(alarms.ContainsKey))
                alarms = alarms.SetItem(name, alarms[name] with { ActionsEnabled = enabled });
        }
    }

    /// <summary>By SetAlarmState: holds until the next evaluation.</summary>
    public AlarmChange? Set(string name, AlarmState state, string reason)
    {
        lock (gate)
        {
            var alarm = alarms.GetValueOrDefault(name) ?? throw new AwsError("ResourceNotFound", $"Alarm {name} does not exist", 404);
            return Enter(alarm with { NextEvaluation = time.GetUtcNow() + Pace(alarm.Alarm.Rule) }, state, reason);
        }
    }

    /// <summary>Evaluates the alarms whose turn it is; the changes still have to be acted on.</summary>
    public IReadOnlyList<AlarmChange> EvaluateDue()
    {
        var now = time.GetUtcNow();
        var changes = new List<AlarmChange>();
        foreach (var due in All.Values.Where(alarm => alarm.NextEvaluation <= now))
        {
            var (state, reason, recent) = Judge(due.Alarm, now);
            lock (gate)
            {
                if (!alarms.TryGetValue(due.Alarm.Name, out var current) || !ReferenceEquals(current.Alarm, due.Alarm))
                    continue;
                var next = current with { Recent = recent, NextEvaluation = now + Pace(due.Alarm.Rule) };
                alarms = alarms.SetItem(due.Alarm.Name, next);
                if (state is { } entered && Enter(next, entered, reason) is { } change)
                    changes.Add(change);
            }
        }

        return changes;
    }

    public void NoteAction(string name, string summary)
    {
        lock (gate)
            Note(name, "Action", summary, "{}");
    }

    private AlarmChange? Enter(AlarmRecord alarm, AlarmState state, string reason)
    {
        var now = time.GetUtcNow();
        alarms = alarms.SetItem(alarm.Alarm.Name, alarm);
        if (alarm.State == state)
            return null;
        var entered = alarm with { State = state, Reason = reason, Changed = now };
        alarms = alarms.SetItem(alarm.Alarm.Name, entered);
        var data = new JsonObject
        {
            ["version"] = "1.0",
            ["oldState"] = new JsonObject { ["stateValue"] = AlarmRecord.Text(alarm.State), ["stateReason"] = alarm.Reason },
            ["newState"] = new JsonObject { ["stateValue"] = AlarmRecord.Text(state), ["stateReason"] = reason },
        };
        Note(alarm.Alarm.Name, "StateUpdate", $"Alarm updated from {AlarmRecord.Text(alarm.State)} to {AlarmRecord.Text(state)}", data.ToJsonString());
        return new AlarmChange(entered, alarm.State);
    }

    private (AlarmState? State, string Reason, IReadOnlyList<double> Recent) Judge(Alarm alarm, DateTimeOffset now)
    {
        var rule = alarm.Rule;
        // Whole periods only: the one under way would be judged on half its data.
        var end = MetricStore.Floor(now.ToUnixTimeSeconds(), rule.Period);
        var start = end - ((long)rule.Period * rule.EvaluationRange);
        var evaluation = new QueryEvaluation(store, alarm.Queries, DateTimeOffset.FromUnixTimeSeconds(start), DateTimeOffset.FromUnixTimeSeconds(end));
        SortedDictionary<long, double> series;
        try
        {
            series = evaluation.Series(alarm.Queries.Single(query => query.ReturnData));
        }
        catch (ExpressionException error)
        {
            return (AlarmState.InsufficientData, $"Error in expression: {error.Message}", []);
        }

        var points = Enumerable.Range(0, rule.EvaluationRange)
            .Select(slot => series.TryGetValue(start + ((long)slot * rule.Period), out var value) ? value : (double?)null)
            .ToList();
        return (AlarmVerdict.Of(rule, points), Reason(rule, points), [.. points.OfType<double>().Reverse()]);
    }

    private static string Reason(AlarmRule rule, List<double?> points)
    {
        var real = points.OfType<double>().TakeLast(rule.EvaluationPeriods).ToList();
        var missing = rule.EvaluationPeriods - real.Count;
        var filled = missing > 0 && rule.MissingData is ("breaching" or "notBreaching")
            ? $"{missing} missing {(missing == 1 ? "datapoint was" : "datapoints were")} treated as [{(rule.MissingData == "breaching" ? "Breaching" : "NonBreaching")}]"
            : null;
        if (real.Count == 0)
        {
            return filled is null
                ? $"Insufficient Data: {rule.EvaluationPeriods} datapoints were unknown."
                : $"Threshold Crossed: {(missing == 1 ? "no datapoint was" : "no datapoints were")} received for {missing} {(missing == 1 ? "period" : "periods")} and {filled}.";
        }

        var over = real.Count(rule.Breaches);
        var relation = rule.Comparison switch
        {
            "GreaterThanThreshold" => "greater than",
            "GreaterThanOrEqualToThreshold" => "greater than or equal to",
            "LessThanThreshold" => "less than",
            _ => "less than or equal to",
        };
        var list = string.Join(", ", real.Select(value => value.ToString(CultureInfo.InvariantCulture)));
        return $"Threshold Crossed: {over} out of the last {real.Count} datapoints [{list}] {(over == 1 ? "was" : "were")} {(over > 0 ? "" : "not ")}{relation} the threshold ({rule.Threshold.ToString(CultureInfo.InvariantCulture)}){(filled is null ? "" : $" and {filled}")}.";
    }

    private void Note(string name, string kind, string summary, string data) => history.Add(new AlarmHistoryItem(name, time.GetUtcNow(), kind, summary, data));
}

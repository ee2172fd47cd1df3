namespace MlDeploy.AwsTwin.Alarms;

/// <summary>
/// The state that a window of data points gives, as "How alarm state is evaluated when data is missing" in CloudWatch's user
/// guide has it; its tables are this class's specification.
/// </summary>
internal static class AlarmVerdict
{
    /// <param name="points">The evaluation range, oldest first; null where there is no datum.</param>
    /// <returns>Null to keep the state as it is.</returns>
    public static AlarmState? Of(AlarmRule rule, IReadOnlyList<double?> points)
    {
        var real = points.OfType<double>().ToList();
        var needed = rule.EvaluationPeriods;
        if (real.Count >= needed)
        {
            // Enough data: the newest count, from however far back, and how missing ones are treated plays no part.
            return real.TakeLast(needed).Count(rule.Breaches) >= rule.DatapointsToAlarm ? AlarmState.Alarm : AlarmState.Ok;
        }

        var filled = needed - real.Count;
        var breaching = real.Count(rule.Breaches);
        switch (rule.MissingData)
        {
            case "breaching":
                return breaching + filled >= rule.DatapointsToAlarm ? AlarmState.Alarm : AlarmState.Ok;
            case "notBreaching":
                return breaching >= rule.DatapointsToAlarm ? AlarmState.Alarm : AlarmState.Ok;
            case "ignore":
                return breaching >= rule.DatapointsToAlarm ? AlarmState.Alarm : real.Count == 0 || breaching == real.Count ? null : AlarmState.Ok;
        }

        if (real.Count == 0)
            return AlarmState.InsufficientData;
        if (breaching >= rule.DatapointsToAlarm)
            return AlarmState.Alarm;
        if (breaching < real.Count)
            return AlarmState.Ok;
        // All that is known breaches. It alarms only when the oldest of it is as many periods old as would have to breach; younger
        // points are too early to alarm, and nothing says that all is well.
        var oldest = points.Count - points.Index().First(point => point.Item is not null).Index;
        return oldest >= rule.DatapointsToAlarm ? AlarmState.Alarm : null;
    }
}

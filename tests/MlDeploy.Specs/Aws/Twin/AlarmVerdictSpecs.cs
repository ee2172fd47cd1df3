using MlDeploy.AwsTwin.Alarms;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>The tables of CloudWatch's user guide, "How alarm state is evaluated when data is missing".</summary>
public sealed class AlarmVerdictSpecs
{
    [Theory]
    [InlineData("0 - X - X", "Ok Ok Ok Ok")]
    [InlineData("0 - - - -", "Ok Ok Ok Ok")]
    [InlineData("- - - - -", "InsufficientData keep Alarm Ok")]
    [InlineData("0 X X - X", "Alarm Alarm Alarm Alarm")]
    [InlineData("- - X - -", "Alarm keep Alarm Ok")]
    public void Three_of_three(string points, string states) => Check(3, points, states);

    [Theory]
    [InlineData("0 - X - X", "Alarm Alarm Alarm Alarm")]
    [InlineData("0 0 X 0 X", "Alarm Alarm Alarm Alarm")]
    [InlineData("0 - X - -", "Ok Ok Alarm Ok")]
    [InlineData("- - - - 0", "Ok Ok Alarm Ok")]
    [InlineData("- - - X -", "Alarm keep Alarm Ok")]
    public void Two_of_three(string points, string states) => Check(2, points, states);

    [Fact]
    public void A_gap_of_a_minute_in_a_ten_second_heartbeat_does_not_fire_and_a_longer_one_does()
    {
        var rule = Rule(3, "breaching") with { Period = 10 };
        Assert.Equal(AlarmState.Ok, AlarmVerdict.Of(rule, Beats(rule, silent: 6)));
        Assert.Equal(AlarmState.Alarm, AlarmVerdict.Of(rule, Beats(rule, silent: rule.EvaluationRange)));
        Assert.InRange(rule.EvaluationRange * rule.Period, 60, 180);
    }

    private static void Check(int toAlarm, string points, string states)
    {
        double?[] values = [.. points.Split(' ').Select(point => point switch { "X" => 1.0, "0" => 0.0, _ => (double?)null })];
        string[] treatments = ["missing", "ignore", "breaching", "notBreaching"];
        Assert.Equal(states, string.Join(' ', treatments.Select(treatment => AlarmVerdict.Of(Rule(toAlarm, treatment), values)?.ToString() ?? "keep")));
    }

    private static double?[] Beats(AlarmRule rule, int silent) =>
        [.. Enumerable.Repeat<double?>(0, rule.EvaluationRange - silent), .. Enumerable.Repeat<double?>(null, silent)];

    private static AlarmRule Rule(int toAlarm, string missing) => new()
    {
        Period = 60,
        EvaluationPeriods = 3,
        DatapointsToAlarm = toAlarm,
        Threshold = 0.5,
        Comparison = "GreaterThanThreshold",
        MissingData = missing,
    };
}

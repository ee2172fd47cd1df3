using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Metrics;

namespace MlDeploy.AwsTwin.Alarms;

/// <summary>A metric alarm as PutMetricAlarm describes it.</summary>
/// <param name="Input">What was put, of which DescribeAlarms gives back everything.</param>
/// <param name="Queries">The metrics; the one whose data are returned is judged.</param>
internal sealed record Alarm(string Name, string Arn, JsonObject Input, ImmutableArray<MetricQuery> Queries, AlarmRule Rule)
{
    /// <exception cref="AwsError">As CloudWatch words it.</exception>
    public static Alarm Read(JsonObject input, string region)
    {
        var name = input.Required("AlarmName");
        var queries = input["Metrics"] is JsonArray { Count: > 0 } ? MetricQuery.Read(input.Objects("Metrics")) : [Single(input)];
        var judged = queries.Where(query => query.ReturnData).ToList();
        if (judged.Count != 1)
            throw new AwsError("ValidationError", "Exactly one element of the metrics list should return data.");
        var periods = input.Whole("EvaluationPeriods") ?? throw new AwsError("ValidationError", "The parameter EvaluationPeriods is required.");
        var rule = new AlarmRule
        {
            Period = judged[0].Period ?? queries.Where(query => query.Metric is not null).Select(query => query.Period!.Value).DefaultIfEmpty(60).Max(),
            EvaluationPeriods = periods,
            DatapointsToAlarm = input.Whole("DatapointsToAlarm") ?? periods,
            Threshold = input.Number("Threshold") ?? throw new AwsError("ValidationError", "At least one of the parameters Threshold and ThresholdMetricId must be specified."),
            Comparison = input.Required("ComparisonOperator"),
            MissingData = input.Text("TreatMissingData") ?? "missing",
        };
        rule.Check();
        return new Alarm(name, $"arn:aws:cloudwatch:{region}:{TwinAccount.Id}:alarm:{name}", input, queries, rule);
    }

    public ImmutableArray<string> Actions(AlarmState state) => [.. Input.Texts(state switch
    {
        AlarmState.Ok => "OKActions",
        AlarmState.Alarm => "AlarmActions",
        _ => "InsufficientDataActions",
    })];

    private static MetricQuery Single(JsonObject input)
    {
        var statistic = input.Text("Statistic") ?? input.Text("ExtendedStatistic")
            ?? throw new AwsError("ValidationError", "Only one of the parameters Statistic, ExtendedStatistic must be specified.");
        if (!Statistic.Exists(statistic))
            throw new AwsError("ValidationError", $"The value {statistic} for parameter ExtendedStatistic is not supported.");
        return new MetricQuery("m1", MetricKey.Read(input), statistic, null, input.Whole("Period") ?? 60, null, true);
    }
}

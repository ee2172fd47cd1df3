using System.Collections.Immutable;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Deploying.Judging;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>Gates on what somebody publishes to CloudWatch.</summary>
public sealed class CustomMetricSpecs
{
    private static readonly DateTimeOffset Minute = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_arm_is_asked_for_by_its_own_dimensions()
    {
        var gate = Gate(("Version", "{version}"), ("Group", "{targetGroup}"), ("Task", "{family}/{cluster}/{service}"), ("Balancer", "{loadBalancer}"));

        var query = Query(gate, new MeasuredArm("s", "targetgroup/fraud-blue/1", "fraud-a", "v1"));

        Assert.Equal(("s_custom0", "Shop", "Refused", "p90"), (query!.Id, query.MetricStat!.Metric.Namespace, query.MetricStat.Metric.MetricName, query.MetricStat.Stat));
        Assert.Equal(
            ["Balancer=app/fraud/1", "Group=targetgroup/fraud-blue/1", "Task=fraud-a/fraud/fraud", "Version=v1"],
            query.MetricStat.Metric.Dimensions.Select(dimension => $"{dimension.Name}={dimension.Value}"));
    }

    [Fact]
    public void An_arm_that_has_no_version_is_not_asked_for_by_it() =>
        Assert.Null(Query(Gate(("Version", "{version}")), new MeasuredArm("s", "targetgroup/fraud-blue/1", "fraud-a")));

    [Fact]
    public void The_newest_minute_with_a_value_counts()
    {
        var measured = Measure(Gate(("Version", "{version}")), Arm(Minute, 0.3, 0.1), Arm(Minute.AddMinutes(1), null, 0.1));

        Assert.Equal(new LevelMeasurement("cloudwatch:refused", 0.3, 0.1), measured);
    }

    [Theory]
    [InlineData(null, 0.1, "the candidate")]
    [InlineData(0.3, null, "stable")]
    public void A_value_that_is_not_there_is_missing_and_says_whose(double? candidate, double? stable, string whose) =>
        Assert.Equal(
            new MissingMeasurement("cloudwatch:refused", Failed: false, $"CloudWatch has no p90 of Shop/Refused for {whose} at 08:00 UTC"),
            Measure(Gate(("Version", "{version}")), Arm(Minute, candidate, stable)));

    private static Measurement? Measure(Gate gate, params SettledMinute[] minutes) => MinuteMeasurements.Of(gate, 0, minutes, new StepQuantiles(), Minute);

    private static SettledMinute Arm(DateTimeOffset start, double? candidate, double? stable) => new(start, Values(candidate), Values(stable), Warm: true);

    private static ArmMinute Values(double? value) => new(value is { } number ? new Dictionary<string, double> { ["custom0"] = number } : []);

    private static MetricDataQuery? Query(Gate gate, MeasuredArm arm) =>
        MinuteQueries.Of(arm, ScriptedAccount.Place, [gate], _ => null).SingleOrDefault(query => query.Id!.Contains("custom", StringComparison.Ordinal));

    private static Gate Gate(params (string Name, string Value)[] dimensions) => new()
    {
        Id = "cloudwatch:refused",
        Metric = "cloudwatch",
        Namespace = "Shop",
        MetricName = "Refused",
        Statistic = "p90",
        Dimensions = dimensions.ToImmutableSortedDictionary(dimension => dimension.Name, dimension => dimension.Value, StringComparer.Ordinal),
        MaxRatio = 1.5,
    };
}

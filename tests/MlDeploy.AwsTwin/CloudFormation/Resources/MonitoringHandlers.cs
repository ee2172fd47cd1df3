using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class CloudWatchHandler(string type) : ResourceHandler($"AWS::CloudWatch::{type}")
{
    protected static Task<XElement> CallAsync(ResourceWork work, string action, JsonObject input, CancellationToken cancel) =>
        work.Call.QueryAsync("monitoring", action, input, cancel);
}

internal sealed class AlarmHandler() : CloudWatchHandler("Alarm")
{
    private static readonly string[] Fields =
    [
        "ActionsEnabled", "AlarmActions", "AlarmDescription", "ComparisonOperator", "DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile", "EvaluationPeriods",
        "ExtendedStatistic", "InsufficientDataActions", "MetricName", "Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold", "ThresholdMetricId", "TreatMissingData", "Unit",
    ];

    public override string NameProperty => "AlarmName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.PhysicalId ?? work.Name("AlarmName", 255);
        var input = work.Pick(Fields);
        input["AlarmName"] = name;
        input["Tags"] = work.TagList();
        await CallAsync(work, "PutMetricAlarm", input, cancel);
        return new Made(name, Attributes(("Arn", $"arn:{TwinAccount.Partition}:cloudwatch:{work.Region}:{TwinAccount.Id}:alarm:{name}")));
    }

    /// <summary>`PutMetricAlarm` replaces an alarm whole, but not its tags.</summary>
    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => CreateAsync(work, cancel);

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteAlarms", new JsonObject { ["AlarmNames"] = new JsonArray(work.Id) }, cancel));
}

internal sealed class DashboardHandler() : CloudWatchHandler("Dashboard")
{
    public override string NameProperty => "DashboardName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.PhysicalId ?? work.Name("DashboardName", 255);
        var body = work.Text("DashboardBody")!;
        if (Malformed(body) is { } problem)
        {
            throw new AwsError("InvalidParameterInput", $"The field DashboardBody must be a valid JSON object ({problem})");
        }

        await CallAsync(work, "PutDashboard", new JsonObject { ["DashboardName"] = name, ["DashboardBody"] = body }, cancel);
        return new Made(name, []);
    }

    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => CreateAsync(work, cancel);

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteDashboards", new JsonObject { ["DashboardNames"] = new JsonArray(work.Id) }, cancel));

    private static string? Malformed(string body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject dashboard && dashboard["widgets"] is JsonArray ? null : "it has no widgets";
        }
        catch (System.Text.Json.JsonException problem)
        {
            return problem.Message;
        }
    }
}

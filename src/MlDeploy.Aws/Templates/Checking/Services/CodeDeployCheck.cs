using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>CodeDeploy's limits for ECS (CodeDeploy, "API reference": TrafficRoutingConfig, BlueGreenDeploymentConfiguration).</summary>
internal static class CodeDeployCheck
{
    /// <summary>CodeDeploy waits two days at most, in whole minutes.</summary>
    private const int LongestWait = 2880;

    private const int AlarmsInGroup = 10;

    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, properties) in template.OfType("AWS::CodeDeploy::DeploymentConfig"))
        {
            Routing(template, id, properties["TrafficRoutingConfig"] as JsonObject);
        }

        foreach (var (id, properties) in template.OfType("AWS::CodeDeploy::DeploymentGroup"))
        {
            Group(template, id, properties);
        }
    }

    private static void Routing(CheckedTemplate template, string id, JsonObject? routing)
    {
        if (routing is null)
        {
            return;
        }

        const string Path = "Properties/TrafficRoutingConfig";
        var type = Intrinsics.Text(routing["Type"]);
        foreach (var (kind, percentage, interval) in ((string, string, string)[])[("TimeBasedCanary", "CanaryPercentage", "CanaryInterval"), ("TimeBasedLinear", "LinearPercentage", "LinearInterval")])
        {
            var shape = routing[kind] as JsonObject;
            if (string.Equals(type, kind, StringComparison.Ordinal) != shape is not null)
            {
                template.Report(id, Path, $"has the type {type} and {(shape is null ? "no" : "a")} {kind}", routing, "the map that its Type names, and no other", $"Write {type} alone.");
            }

            Within(template, id, $"{Path}/{kind}/{percentage}", shape?[percentage], 1, 99, "whole percent");
            Within(template, id, $"{Path}/{kind}/{interval}", shape?[interval], 1, LongestWait, "whole minutes");
        }

        if (type is not null and not ("AllAtOnce" or "TimeBasedCanary" or "TimeBasedLinear"))
        {
            template.Report(id, $"{Path}/Type", "is no way to move traffic", type, "AllAtOnce, TimeBasedCanary, TimeBasedLinear", StructureCheck.Nearest(type, ["AllAtOnce", "TimeBasedCanary", "TimeBasedLinear"], "Write one of these."));
        }
    }

    private static void Group(CheckedTemplate template, string id, JsonObject properties)
    {
        const string BlueGreen = "Properties/BlueGreenDeploymentConfiguration";
        var configuration = properties["BlueGreenDeploymentConfiguration"];
        Within(template, id, $"{BlueGreen}/DeploymentReadyOption/WaitTimeInMinutes", configuration.At("DeploymentReadyOption").At("WaitTimeInMinutes"), 0, LongestWait, "whole minutes");
        Within(template, id, $"{BlueGreen}/TerminateBlueInstancesOnDeploymentSuccess/TerminationWaitTimeInMinutes", configuration.At("TerminateBlueInstancesOnDeploymentSuccess").At("TerminationWaitTimeInMinutes"), 0, LongestWait, "whole minutes");

        if (properties["AlarmConfiguration"].At("Alarms") is JsonArray { Count: > AlarmsInGroup } alarms)
        {
            template.Report(id, "Properties/AlarmConfiguration/Alarms", $"has {alarms.Count} alarms", null, $"at most {AlarmsInGroup}", "Remove some, or watch them by one composite alarm.");
        }

        if (properties["ECSServices"] is JsonArray && properties["LoadBalancerInfo"].At("TargetGroupPairInfoList") is JsonArray pairs)
        {
            if (pairs is not [JsonObject pair] || pair["TargetGroups"] is not JsonArray { Count: 2 })
            {
                template.Report(id, "Properties/LoadBalancerInfo/TargetGroupPairInfoList", "is not one pair of target groups", pairs, "one pair with two target groups", "Name the two groups that traffic moves between.");
            }
        }
    }

    private static void Within(CheckedTemplate template, string id, string path, JsonNode? value, int least, int most, string unit)
    {
        if (Literals.Text(value) is { } text && !(int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most))
        {
            template.Report(id, path, "is not what CodeDeploy can do", value, $"{least} to {most}, {unit}", "Write a number in range.");
        }
    }
}

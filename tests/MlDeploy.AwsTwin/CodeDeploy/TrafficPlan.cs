using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <param name="Percent">Of production traffic to the replacement task set.</param>
/// <param name="Hold">How long before the next step; none after the last.</param>
internal sealed record TrafficStep(int Percent, TimeSpan Hold);

/// <summary>The steps of a deployment configuration (API reference, TrafficRoutingConfig).</summary>
internal static class TrafficPlan
{
    public static ImmutableArray<TrafficStep> Of(JsonObject configuration)
    {
        var routing = configuration.Object("trafficRoutingConfig");
        var last = new TrafficStep(100, TimeSpan.Zero);
        switch (routing.Text("type"))
        {
            case "TimeBasedCanary":
                var canary = routing.Object("timeBasedCanary");
                return [new TrafficStep(canary.Whole("canaryPercentage")!.Value, Minutes(canary, "canaryInterval")), last];
            case "TimeBasedLinear":
                var linear = routing.Object("timeBasedLinear");
                var percentage = linear.Whole("linearPercentage")!.Value;
                return [.. Enumerable.Range(1, ((100 + percentage - 1) / percentage) - 1).Select(step => new TrafficStep(step * percentage, Minutes(linear, "linearInterval"))), last];
            default:
                return [last];
        }
    }

    private static TimeSpan Minutes(JsonObject shape, string name) => TimeSpan.FromMinutes(shape.Whole(name)!.Value);
}

using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>What CodeDeploy wants of a group that deploys to ECS (user guide, "Create a deployment group for an Amazon ECS deployment").</summary>
internal static class GroupRules
{
    public static void Check(CodeDeployRecords records, JsonObject group)
    {
        if (group.Text("serviceRoleArn") is null)
        {
            throw new AwsError("RoleRequiredException", "Role is missing");
        }

        Rules.CheckRollback(group["autoRollbackConfiguration"] as JsonObject);
        Rules.CheckAlarms(group["alarmConfiguration"] as JsonObject);
        var configuration = records.Configuration(group.Text("deploymentConfigName")!);
        if (group.Text("computePlatform") != "ECS")
        {
            return;
        }

        if (configuration.Text("computePlatform") != "ECS")
        {
            throw new AwsError("InvalidDeploymentConfigNameException", $"The deployment configuration {configuration.Text("deploymentConfigName")} is not for the ECS compute platform");
        }

        var style = group.Object("deploymentStyle");
        if (style.Text("deploymentType") != "BLUE_GREEN" || style.Text("deploymentOption") != "WITH_TRAFFIC_CONTROL")
        {
            throw new AwsError("InvalidDeploymentStyleException", "For ECS deployment group, deployment style must be BLUE_GREEN with WITH_TRAFFIC_CONTROL");
        }

        if (group["blueGreenDeploymentConfiguration"] is not JsonObject blueGreen || blueGreen["terminateBlueInstancesOnDeploymentSuccess"] is null || blueGreen["deploymentReadyOption"] is null)
        {
            throw new AwsError("InvalidBlueGreenDeploymentConfigurationException", "For ECS deployment group, terminateBlueInstancesOnDeploymentSuccess and deploymentReadyOption must be specified");
        }

        var ready = blueGreen.Object("deploymentReadyOption");
        if (ready.Text("actionOnTimeout") == "STOP_DEPLOYMENT" && ready.Whole("waitTimeInMinutes") is null or 0)
        {
            throw new AwsError("InvalidDeploymentWaitTypeException", "waitTimeInMinutes must be specified when actionOnTimeout is STOP_DEPLOYMENT");
        }

        if (group.Objects("ecsServices").Count() != 1)
        {
            throw new AwsError("ECSServiceMappingLimitExceededException", "For ECS deployment group, exactly one ECS service must be specified");
        }

        if (group.Object("loadBalancerInfo").Objects("targetGroupPairInfoList").SingleOrDefault() is not { } pair
            || pair.Objects("targetGroups").Count() != 2 || !pair.Object("prodTrafficRoute").Texts("listenerArns").Any())
        {
            throw new AwsError("InvalidLoadBalancerInfoException", "For ECS deployment group, loadBalancerInfo must have one target group pair of two target groups and a production listener");
        }
    }
}

/// <summary>Limits of custom deployment configurations (API reference, TrafficRoutingConfig).</summary>
internal static class ConfigurationRules
{
    public static void Check(JsonObject input)
    {
        var routing = input.Object("trafficRoutingConfig");
        switch (input.Text("computePlatform"), routing.Text("type"))
        {
            case ("ECS" or "Lambda", "AllAtOnce"):
                return;
            case ("ECS" or "Lambda", "TimeBasedCanary"):
                Check(routing.Object("timeBasedCanary"), "canary");
                return;
            case ("ECS" or "Lambda", "TimeBasedLinear"):
                Check(routing.Object("timeBasedLinear"), "linear");
                return;
            case ("ECS" or "Lambda", _):
                throw new AwsError("InvalidTrafficRoutingConfigurationException", "The traffic routing configuration is missing or of an unknown type");
        }
    }

    private static void Check(JsonObject shape, string word)
    {
        if (shape.Whole($"{word}Percentage") is not (>= 1 and <= 99))
        {
            throw new AwsError("InvalidTrafficRoutingConfigurationException", $"The {word} percentage must be between 1 and 99");
        }

        if (shape.Whole($"{word}Interval") is not (>= 1 and <= 2880))
        {
            throw new AwsError("InvalidTrafficRoutingConfigurationException", $"The {word} interval must be between 1 and 2880 minutes");
        }
    }
}

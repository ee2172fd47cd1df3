using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>
/// CloudFormation cannot change the task definition, the target group, the network or the platform of a service that CodeDeploy
/// deploys (ECS, "UpdateService"): asked to, it fails the stack. So these are rendered as the standing template has them.
/// What the manifest now says of them applies with the next deployment.
/// </summary>
internal static class StandingService
{
    private static readonly string[] Fixed = ["TaskDefinition", "LoadBalancers", "NetworkConfiguration", "PlatformVersion", "LaunchType", "ServiceName", "Cluster", "DeploymentController"];

    /// <param name="resources">Changed in place.</param>
    /// <param name="standing">The deployed template.</param>
    public static void Keep(JsonObject resources, JsonObject standing)
    {
        if (standing["Resources"] is not JsonObject before || before[LogicalIds.Service].At("Properties") is not JsonObject service
            || resources[LogicalIds.Service].At("Properties") is not JsonObject rendered)
        {
            return;
        }

        if (before[LogicalIds.TaskDefinition] is { } definition && resources.ContainsKey(LogicalIds.TaskDefinition))
        {
            resources[LogicalIds.TaskDefinition] = definition.DeepClone();
        }

        foreach (var property in Fixed)
        {
            if (service[property] is { } value)
            {
                rendered[property] = value.DeepClone();
            }
            else
            {
                rendered.Remove(property);
            }
        }
    }
}

using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Deploying;

/// <summary>Brings the deployment group to what this rollout wants: bake and waits live there, not in a deployment.</summary>
internal static class GroupSettings
{
    private const string BuiltInPrefix = "CodeDeployDefault.";

    /// <returns>The deployment configuration's name.</returns>
    public static async Task<string> ApplyAsync(CodeDeployClient codeDeploy, DeploymentPlace place, RolloutSettings rollout, CancellationToken stop)
    {
        var shape = DeploymentShape.Of(rollout);
        var configuration = shape.ConfigName(place.Application);
        await MakeAsync(codeDeploy, shape, configuration, stop);
        var group = (await codeDeploy.GetDeploymentGroupAsync(
            new GetDeploymentGroupRequest { ApplicationName = place.CodeDeployApplication, DeploymentGroupName = place.DeploymentGroup }, stop)).DeploymentGroupInfo;
        var (bake, ready) = (AwsRolloutPlan.TerminationWait(rollout), AwsRolloutPlan.ReadyWait(rollout));
        if (group.DeploymentConfigName == configuration
            && group.BlueGreenDeploymentConfiguration is
            {
                TerminateBlueInstancesOnDeploymentSuccess: { Action: "TERMINATE", TerminationWaitTimeInMinutes: { } present },
                DeploymentReadyOption: { ActionOnTimeout: "STOP_DEPLOYMENT", WaitTimeInMinutes: { } waits },
            }
            && present == bake && waits == ready)
        {
            return configuration;
        }

        await codeDeploy.UpdateDeploymentGroupAsync(
            new UpdateDeploymentGroupRequest
            {
                ApplicationName = place.CodeDeployApplication,
                CurrentDeploymentGroupName = place.DeploymentGroup,
                DeploymentConfigName = configuration,
                BlueGreenDeploymentConfiguration = new BlueGreenDeploymentConfiguration
                {
                    TerminateBlueInstancesOnDeploymentSuccess = new BlueInstanceTerminationOption { Action = "TERMINATE", TerminationWaitTimeInMinutes = bake },
                    DeploymentReadyOption = new DeploymentReadyOption { ActionOnTimeout = "STOP_DEPLOYMENT", WaitTimeInMinutes = ready },
                },
            },
            stop);
        return configuration;
    }

    /// <summary>A configuration cannot be changed: another shape is another one, made when it is not there.</summary>
    private static async Task MakeAsync(CodeDeployClient codeDeploy, DeploymentShape shape, string name, CancellationToken stop)
    {
        if (name.StartsWith(BuiltInPrefix, StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            await codeDeploy.GetDeploymentConfigAsync(new GetDeploymentConfigRequest { DeploymentConfigName = name }, stop);
            return;
        }
        catch (AwsServiceException absent) when (absent.Kind == AwsFailureKind.NotFound || absent.Code == "DeploymentConfigDoesNotExistException")
        {
            // Made below.
        }

        try
        {
            await codeDeploy.CreateDeploymentConfigAsync(
                new CreateDeploymentConfigRequest
                {
                    DeploymentConfigName = name,
                    ComputePlatform = "ECS",
                    TrafficRoutingConfig = new TrafficRoutingConfig
                    {
                        Type = shape.Routing,
                        TimeBasedCanary = shape.Routing == "TimeBasedCanary" ? new TimeBasedCanary { CanaryPercentage = shape.Percent, CanaryInterval = shape.Minutes } : null,
                        TimeBasedLinear = shape.Routing == "TimeBasedLinear" ? new TimeBasedLinear { LinearPercentage = shape.Percent, LinearInterval = shape.Minutes } : null,
                    },
                },
                stop);
        }
        catch (AwsServiceException faster) when (faster.Kind == AwsFailureKind.AlreadyExists || faster.Code == "DeploymentConfigAlreadyExistsException")
        {
            // Somebody else made the same.
        }
    }
}

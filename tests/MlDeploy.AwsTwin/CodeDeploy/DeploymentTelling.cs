using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Events;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Tells EventBridge, and the SNS topics of the group's triggers, what becomes of a deployment.</summary>
internal sealed class DeploymentTelling(TwinContext context, EventBus events)
{
    public async Task TellAsync(Deployment deployment)
    {
        var (state, trigger) = deployment.Status switch
        {
            "InProgress" => ("START", deployment.IsRollback ? "DeploymentRollback" : "DeploymentStart"),
            "Ready" => ("READY", "DeploymentReady"),
            "Succeeded" => ("SUCCESS", "DeploymentSuccess"),
            "Failed" => ("FAILURE", "DeploymentFailure"),
            "Stopped" => ("STOP", "DeploymentStop"),
            _ => ("", ""),
        };
        if (state.Length == 0)
        {
            return;
        }

        events.Publish("aws.codedeploy", "CodeDeploy Deployment State-change Notification", deployment.Region,
            $"arn:{TwinAccount.Partition}:codedeploy:{deployment.Region}:{TwinAccount.Id}:deploymentgroup:{deployment.Application}/{deployment.Group}",
            new JsonObject
            {
                ["region"] = deployment.Region,
                ["deploymentId"] = deployment.Id,
                ["instanceGroupId"] = deployment.GroupSettings.Text("deploymentGroupId"),
                ["deploymentGroup"] = deployment.Group,
                ["state"] = state,
                ["application"] = deployment.Application,
            });
        foreach (var configured in deployment.GroupSettings.Objects("triggerConfigurations").Where(each => each.Texts("triggerEvents").Contains(trigger)))
        {
            await PublishAsync(deployment, configured);
        }
    }

    private async Task PublishAsync(Deployment deployment, JsonObject trigger)
    {
        var status = deployment.Status.ToUpperInvariant();
        var message = new JsonObject
        {
            ["region"] = deployment.Region,
            ["accountId"] = TwinAccount.Id,
            ["eventTriggerName"] = trigger.Text("triggerName"),
            ["applicationName"] = deployment.Application,
            ["deploymentId"] = deployment.Id,
            ["deploymentGroupName"] = deployment.Group,
            ["createTime"] = Time(deployment.Created),
            ["completeTime"] = deployment.Completed is { } completed ? Time(completed) : null,
            ["deploymentOverview"] = DeploymentRendering.Overview(deployment).ToJsonString(),
            ["status"] = status,
            ["errorInformation"] = deployment.Error is { } error ? new JsonObject { ["ErrorCode"] = error.Code, ["ErrorMessage"] = error.Message }.ToJsonString() : null,
            ["rollbackInformation"] = deployment.Rollback is { } rollback ? DeploymentRendering.Rollback(rollback).ToJsonString() : null,
        };
        try
        {
            using var sns = context.Caller("codedeploy", deployment.Region);
            await sns.QueryAsync("sns", "Publish", new JsonObject
            {
                ["TopicArn"] = trigger.Text("triggerTargetArn"),
                ["Subject"] = $"{status}: AWS CodeDeploy {deployment.Id} in {deployment.Region} to {deployment.Application}",
                ["Message"] = message.ToJsonString(),
            }, context.Ending);
        }
        catch (AwsError)
        {
            // A topic that refuses or is gone does not hold up a deployment.
        }
    }

    private static string Time(DateTimeOffset time) => time.ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", System.Globalization.CultureInfo.InvariantCulture);
}

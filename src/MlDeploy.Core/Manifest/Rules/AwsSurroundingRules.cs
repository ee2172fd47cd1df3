using System.Text.Json.Nodes;

namespace MlDeploy.Core.Manifest.Rules;

/// <summary>What stands around the traffic on aws: notifications, training, overrides.</summary>
internal static class AwsSurroundingRules
{
    public static void WebhooksAreNotRendered(RuleContext context)
    {
        if (!context.Manifest.Notifications.Webhook.IsEmpty)
        {
            context.Report("notifications.webhook", "is not told by aws: its address is a secret, and would stand in the template", "notifications.email",
                "Use email, or subscribe to the topic outside of mldeploy (the output TopicArn).");
        }
    }

    public static void CommandsRunNowhere(RuleContext context)
    {
        if (!context.Manifest.Notifications.Command.IsEmpty)
        {
            context.Report("notifications.command", "is not run by aws: no machine of yours is there when something happens", "notifications.email",
                "Use email, or subscribe to the topic outside of mldeploy (the output TopicArn).");
        }
    }

    public static void ScheduleHasSomethingToRun(RuleContext context)
    {
        if (context.Manifest.Training is { Schedule: not null, Image: null })
        {
            context.Report("training.schedule", "has nothing to run: training.image is not set", null, "Set training.image, or remove the schedule.");
        }
    }

    /// <summary>What the overrides do to the templates is checked on the rendered templates.</summary>
    public static void OverridesAreByLogicalId(RuleContext context)
    {
        foreach (var (id, patch) in JsonNode.Parse(context.Manifest.Targets.Aws?.Overrides ?? "{}")!.AsObject())
        {
            if (patch is not null and not JsonObject)
            {
                context.Report($"targets.aws.overrides.{id}", "is not a map of properties", "a map of properties, or null to remove the resource", "Write the properties to change below the logical id.");
            }
        }
    }
}

using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Deployments and their targets as the API shows them.</summary>
internal static class DeploymentRendering
{
    /// <param name="terse">Without what the model does not require.</param>
    public static JsonObject Info(Deployment deployment, bool terse) => new()
    {
        ["applicationName"] = deployment.Application,
        ["deploymentGroupName"] = deployment.Group,
        ["deploymentConfigName"] = deployment.Configuration,
        ["deploymentId"] = deployment.Id,
        ["previousRevision"] = deployment.PreviousRevision?.DeepClone(),
        ["revision"] = deployment.Revision?.DeepClone(),
        ["status"] = deployment.Status,
        ["errorInformation"] = deployment.Error is { } error && !(terse && deployment.Status == "Stopped") ? new JsonObject { ["code"] = error.Code, ["message"] = error.Message } : null,
        ["createTime"] = Time(deployment.Created),
        ["startTime"] = Time(deployment.Started),
        ["completeTime"] = Time(deployment.Completed),
        ["deploymentOverview"] = terse ? null : Overview(deployment),
        ["description"] = deployment.Description,
        ["creator"] = deployment.Creator,
        ["ignoreApplicationStopFailures"] = false,
        ["autoRollbackConfiguration"] = deployment.AutoRollback.DeepClone(),
        ["updateOutdatedInstancesOnly"] = false,
        ["rollbackInfo"] = deployment.Rollback is { } rollback ? Rollback(rollback) : null,
        ["deploymentStyle"] = deployment.GroupSettings["deploymentStyle"]?.DeepClone(),
        ["instanceTerminationWaitTimeStarted"] = deployment.TerminationWaitStarted,
        ["blueGreenDeploymentConfiguration"] = deployment.GroupSettings["blueGreenDeploymentConfiguration"]?.DeepClone(),
        ["loadBalancerInfo"] = deployment.GroupSettings["loadBalancerInfo"]?.DeepClone(),
        ["fileExistsBehavior"] = "DISALLOW",
        ["deploymentStatusMessages"] = new JsonArray(),
        ["computePlatform"] = "ECS",
        ["overrideAlarmConfiguration"] = deployment.OverrideAlarms?.DeepClone(),
    };

    /// <summary>An ECS deployment has one target, its service.</summary>
    public static JsonObject Overview(Deployment deployment) => new()
    {
        ["Pending"] = deployment.Status is "Created" or "Queued" ? 1 : 0,
        ["InProgress"] = deployment.Status == "InProgress" ? 1 : 0,
        ["Succeeded"] = deployment.Status == "Succeeded" ? 1 : 0,
        ["Failed"] = deployment.Status == "Failed" ? 1 : 0,
        ["Skipped"] = deployment.Status == "Stopped" ? 1 : 0,
        ["Ready"] = deployment.Status == "Ready" ? 1 : 0,
    };

    public static JsonObject Rollback(RollbackInfo rollback) => new()
    {
        ["rollbackDeploymentId"] = rollback.By,
        ["rollbackTriggeringDeploymentId"] = rollback.Of,
        ["rollbackMessage"] = rollback.Message,
    };

    /// <summary>`CLUSTER:SERVICE`.</summary>
    public static string TargetId(Deployment deployment) => $"{Cluster(deployment)}:{deployment.Service.Required("serviceName")}";

    public static JsonObject Target(Deployment deployment, EcsBook ecs, Configuration balancers)
    {
        var arn = EcsNames.Service(deployment.Region, Cluster(deployment), deployment.Service.Required("serviceName"));
        return new JsonObject
        {
            ["deploymentTargetType"] = "ECSTarget",
            ["ecsTarget"] = new JsonObject
            {
                ["deploymentId"] = deployment.Id,
                ["targetId"] = TargetId(deployment),
                ["targetArn"] = arn,
                ["lastUpdatedAt"] = Time(deployment.Updated),
                ["lifecycleEvents"] = new JsonArray([.. deployment.Events.Select(Event)]),
                ["status"] = deployment.Status switch { "Created" or "Queued" => "Pending", "Stopped" => "Skipped", var same => same },
                ["taskSetsInfo"] = TaskSets(deployment, arn, ecs, balancers),
            },
        };
    }

    private static JsonObject Event(LifecycleEvent each) => new()
    {
        ["lifecycleEventName"] = each.Name,
        ["diagnostics"] = each.Problem is null ? null : new JsonObject { ["errorCode"] = "UnknownError", ["scriptName"] = "", ["message"] = each.Problem, ["logTail"] = "" },
        ["startTime"] = Time(each.Start),
        ["endTime"] = Time(each.End),
        ["status"] = each.Status,
    };

    private static JsonArray TaskSets(Deployment deployment, string service, EcsBook ecs, Configuration balancers)
    {
        lock (ecs.Gate)
        {
            if (!ecs.Services.TryGetValue(service, out var found))
            {
                return [];
            }

            return new JsonArray([.. found.Sets.Where(set => set.Id == deployment.BlueSet || set.Id == deployment.GreenSet).Select(set => (JsonNode)Shown(set)),]);

            JsonObject Shown(TaskSet set)
            {
                var isBlue = set.Id == deployment.BlueSet;
                var shown = EcsRendering.TaskSet(found, set, ecs.Tasks);
                var group = isBlue ? deployment.BlueGroup : deployment.GreenGroup;
                return new JsonObject
                {
                    // The API's own spelling.
                    ["identifer"] = set.Id,
                    ["desiredCount"] = shown["computedDesiredCount"]!.DeepClone(),
                    ["pendingCount"] = shown["pendingCount"]!.DeepClone(),
                    ["runningCount"] = shown["runningCount"]!.DeepClone(),
                    ["status"] = set.Status,
                    ["trafficWeight"] = Weight(deployment, group, balancers),
                    ["targetGroup"] = new JsonObject { ["name"] = group is not null && balancers.TargetGroups.TryGetValue(group, out var known) ? known.Name : null },
                    ["taskSetLabel"] = isBlue ? "Blue" : "Green",
                };
            }
        }
    }

    /// <summary>Percent of the production listener's traffic, read from where the balancer itself reads it.</summary>
    private static double Weight(Deployment deployment, string? group, Configuration balancers)
    {
        var listeners = deployment.Pair.Object("prodTrafficRoute").Texts("listenerArns").ToHashSet();
        var forward = balancers.Listeners.Where(listener => listeners.Contains(listener.Arn)).SelectMany(listener => listener.Rules)
            .Select(rule => rule.Action).OfType<ForwardAction>().FirstOrDefault(action => action.Groups.Any(each => each.Arn == deployment.BlueGroup || each.Arn == deployment.GreenGroup));
        var all = forward?.Groups.Sum(each => each.Weight) ?? 0;
        return all == 0 ? 0 : 100.0 * forward!.Groups.Where(each => each.Arn == group).Sum(each => each.Weight) / all;
    }

    private static string Cluster(Deployment deployment) => EcsNames.ClusterName(deployment.Service.Text("clusterName"));

    private static JsonValue? Time(DateTimeOffset? time) => time is { } at ? JsonValue.Create(at) : null;
}

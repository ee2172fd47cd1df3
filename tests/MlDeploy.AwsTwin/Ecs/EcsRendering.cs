using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>Services, deployments, task sets and tasks as the API shows them.</summary>
internal static class EcsRendering
{
    private const int EventsShown = 100;

    public static JsonObject Service(EcsService service, ImmutableArray<EcsTask> all, bool withTags)
    {
        var tasks = all.Where(task => task.Group == $"service:{service.Name}" && task.Cluster == service.Cluster).ToImmutableArray();
        var shown = (JsonObject)service.Kept.DeepClone();
        shown["serviceArn"] = service.Arn;
        shown["serviceName"] = service.Name;
        shown["clusterArn"] = EcsNames.Cluster(service.Region, service.Cluster);
        shown["loadBalancers"] = service.LoadBalancers.DeepClone();
        shown["serviceRegistries"] ??= new JsonArray();
        shown["status"] = service.Status;
        shown["desiredCount"] = service.DesiredCount;
        shown["runningCount"] = tasks.Count(task => task.IsRunning);
        shown["pendingCount"] = tasks.Count(IsPending);
        shown["taskDefinition"] = service.TaskDefinitionArn;
        shown["networkConfiguration"] = service.Network?.DeepClone();
        shown["healthCheckGracePeriodSeconds"] = (int)service.GracePeriod.TotalSeconds;
        shown["deploymentController"] = new JsonObject { ["type"] = service.Controller };
        shown["deploymentConfiguration"] = new JsonObject
        {
            ["minimumHealthyPercent"] = service.MinimumHealthyPercent,
            ["maximumPercent"] = service.MaximumPercent,
            ["deploymentCircuitBreaker"] = service.IsRolling ? new JsonObject { ["enable"] = service.BreaksCircuit, ["rollback"] = service.RollsBack } : null,
        };
        shown["createdAt"] = service.Created;
        shown["events"] = new JsonArray([.. service.Events.Take(EventsShown).Select(each => new JsonObject { ["id"] = each.Id, ["createdAt"] = each.At, ["message"] = each.Message })]);
        shown["deployments"] = new JsonArray([.. service.IsRolling ? service.Sets.AsEnumerable().Reverse().Select(set => Deployment(service, set, tasks)) : []]);
        if (!service.IsRolling)
            shown["taskSets"] = new JsonArray([.. service.Sets.Select(set => TaskSet(service, set, all))]);
        if (withTags)
            shown["tags"] = service.Tags.DeepClone();
        return shown;
    }

    public static JsonObject TaskSet(EcsService service, TaskSet set, ImmutableArray<EcsTask> all)
    {
        var tasks = all.Where(task => task.StartedBy == set.Id).ToImmutableArray();
        return new JsonObject
        {
            ["id"] = set.Id,
            ["taskSetArn"] = $"{service.Arn.Replace(":service/", ":task-set/", StringComparison.Ordinal)}/{set.Id}",
            ["serviceArn"] = service.Arn,
            ["clusterArn"] = EcsNames.Cluster(service.Region, service.Cluster),
            ["startedBy"] = service.Controller == "CODE_DEPLOY" ? "CODE_DEPLOY" : null,
            ["externalId"] = set.ExternalId,
            ["status"] = set.Status,
            ["taskDefinition"] = set.TaskDefinitionArn,
            ["computedDesiredCount"] = set.Desired(service.DesiredCount),
            ["pendingCount"] = tasks.Count(IsPending),
            ["runningCount"] = tasks.Count(task => task.IsRunning),
            ["createdAt"] = set.Created,
            ["updatedAt"] = set.Updated,
            ["launchType"] = "FARGATE",
            ["platformVersion"] = "1.4.0",
            ["networkConfiguration"] = (set.Network ?? service.Network)?.DeepClone(),
            ["loadBalancers"] = set.LoadBalancers.DeepClone(),
            ["serviceRegistries"] = new JsonArray(),
            ["scale"] = new JsonObject { ["value"] = set.Scale, ["unit"] = "PERCENT" },
            ["stabilityStatus"] = set.IsSteady ? "STEADY_STATE" : "STABILIZING",
            ["stabilityStatusAt"] = set.IsSteady ? set.SteadySince : set.Updated,
            ["tags"] = new JsonArray(),
        };
    }

    public static JsonObject Task(EcsTask task, string region, bool withTags)
    {
        var network = task.Id[..17];
        return new JsonObject
        {
            ["taskArn"] = task.Arn,
            ["clusterArn"] = EcsNames.Cluster(region, task.Cluster),
            ["taskDefinitionArn"] = task.TaskDefinitionArn,
            ["group"] = task.Group,
            ["startedBy"] = task.StartedBy,
            ["lastStatus"] = task.LastStatus,
            ["desiredStatus"] = task.DesiredStatus,
            ["healthStatus"] = task.HealthStatus,
            ["launchType"] = "FARGATE",
            ["platformVersion"] = "1.4.0",
            ["platformFamily"] = "Linux",
            ["availabilityZone"] = $"{region}a",
            ["cpu"] = $"{task.Cpu}",
            ["memory"] = $"{task.Memory}",
            ["connectivity"] = task.Started is null ? null : "CONNECTED",
            ["createdAt"] = task.Created,
            ["pullStartedAt"] = Time(task.PullStarted),
            ["pullStoppedAt"] = Time(task.Started),
            ["startedAt"] = Time(task.Started),
            ["stoppingAt"] = Time(task.Stopping),
            ["executionStoppedAt"] = Time(task.Stopped),
            ["stoppedAt"] = Time(task.Stopped),
            ["stopCode"] = task.StopCode,
            ["stoppedReason"] = task.StoppedReason,
            ["version"] = task.Version,
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["id"] = Guid.Parse(task.Id).ToString(),
                ["type"] = "ElasticNetworkInterface",
                ["status"] = task.LastStatus switch { "PROVISIONING" => "ATTACHING", "STOPPED" => "DELETED", _ => "ATTACHED" },
                ["details"] = new JsonArray([.. new (string Name, string? Value)[] { ("subnetId", task.Subnet), ("networkInterfaceId", $"eni-{network}"), ("privateIPv4Address", task.Address) }
                    .Where(each => each.Value is not null).Select(each => new JsonObject { ["name"] = each.Name, ["value"] = each.Value })]),
            }),
            ["containers"] = new JsonArray([.. task.Containers.Select(container => Container(task, container))]),
            ["overrides"] = new JsonObject { ["containerOverrides"] = new JsonArray(), ["inferenceAcceleratorOverrides"] = new JsonArray() },
            ["tags"] = withTags ? task.Tags?.DeepClone() ?? new JsonArray() : null,
        };
    }

    private static JsonObject Container(EcsTask task, EcsContainer container) => new()
    {
        ["containerArn"] = $"{task.Arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{container.Name}",
        ["taskArn"] = task.Arn,
        ["name"] = container.Name,
        ["image"] = container.Image,
        ["runtimeId"] = container.ProcessId is null ? null : $"{task.Id}-{container.ProcessId}",
        ["lastStatus"] = container.LastStatus,
        ["healthStatus"] = container.HealthStatus,
        ["exitCode"] = container.ExitCode,
        ["reason"] = container.Reason,
        ["networkBindings"] = new JsonArray(),
        ["networkInterfaces"] = new JsonArray(new JsonObject { ["privateIpv4Address"] = task.Address }),
    };

    private static JsonObject Deployment(EcsService service, TaskSet set, ImmutableArray<EcsTask> all)
    {
        var tasks = all.Where(task => task.StartedBy == set.Id).ToImmutableArray();
        return new JsonObject
        {
            ["id"] = set.Id,
            ["status"] = set.Status,
            ["taskDefinition"] = set.TaskDefinitionArn,
            ["desiredCount"] = set.Status == "PRIMARY" ? service.DesiredCount : set.Quota ?? 0,
            ["runningCount"] = tasks.Count(task => task.IsRunning),
            ["pendingCount"] = tasks.Count(IsPending),
            ["failedTasks"] = set.FailedTasks,
            ["createdAt"] = set.Created,
            ["updatedAt"] = set.Updated,
            ["launchType"] = "FARGATE",
            ["platformVersion"] = "1.4.0",
            ["platformFamily"] = "Linux",
            ["networkConfiguration"] = service.Network?.DeepClone(),
            ["rolloutState"] = set.RolloutState,
            ["rolloutStateReason"] = set.RolloutReason ?? $"ECS deployment {set.Id} in progress.",
        };
    }

    private static bool IsPending(EcsTask task) => task.DesiredStatus == "RUNNING" && task.LastStatus is "PROVISIONING" or "PENDING" or "ACTIVATING";

    private static JsonValue? Time(DateTimeOffset? time) => time is { } at ? JsonValue.Create(at) : null;
}

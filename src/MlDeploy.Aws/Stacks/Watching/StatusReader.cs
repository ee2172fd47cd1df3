using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Stacks.Watching;

/// <summary>Reads an application's state from the services themselves; what a service does not have yet is left out, never invented.</summary>
public sealed class StatusReader(AwsSession session)
{
    /// <returns>Null when there is no stack of this application at all.</returns>
    public async Task<AwsStatus?> ReadAsync(string name, CancellationToken stop)
    {
        var stacks = (await Task.WhenAll(Enum.GetValues<StackKind>().Select(async kind => (Kind: kind, Stack: await session.CloudFormation.FindStackAsync(StackNames.Of(name, kind), stop)))))
            .Where(entry => entry.Stack is not null).ToArray();
        if (stacks.Length == 0)
        {
            return null;
        }

        var status = new AwsStatus(name, session.Region, null, [.. stacks.Select(entry => Entry(entry.Kind, entry.Stack!))], null, [], []);
        return stacks.FirstOrDefault(entry => entry.Kind == StackKind.Application).Stack is { } application
            ? await ServingAsync(status, new StandingApplication(name, application), stop)
            : status;
    }

    private async Task<AwsStatus> ServingAsync(AwsStatus status, StandingApplication application, CancellationToken stop)
    {
        status = status with { Url = application[StackOutputs.Url] };
        if (application[StackOutputs.Cluster] is not { } cluster || application[StackOutputs.Service] is not { } name)
        {
            return status;
        }

        var service = await ServiceAsync(cluster, name, stop);
        var traffic = await LiveTraffic.ReadAsync(session.ElasticLoadBalancing, application.Stack, stop);
        return status with
        {
            Service = service is null ? null : new ServiceStatus(cluster, name, service.Status, service.DesiredCount ?? 0, service.RunningCount ?? 0, service.PendingCount ?? 0, service.Events.FirstOrDefault()?.Message),
            Groups =
            [
                .. await Task.WhenAll(
                    GroupAsync("blue", traffic is { Live: not null } blue ? 1 - blue.GreenShare : 0, application[StackOutputs.BlueTargetGroupArn], service, stop),
                    GroupAsync("green", traffic is { Live: not null } green ? green.GreenShare : 0, application[StackOutputs.GreenTargetGroupArn], service, stop)),
            ],
            Tasks = service is null ? [] : await TasksAsync(cluster, name, stop),
        };
    }

    private async Task<Service?> ServiceAsync(string cluster, string name, CancellationToken stop)
    {
        try
        {
            return (await session.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Cluster = cluster, Services = [name] }, stop)).Services.FirstOrDefault();
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            return null;
        }
    }

    private async Task<GroupStatus> GroupAsync(string group, double weight, string? arn, Service? service, CancellationToken stop)
    {
        var set = service?.TaskSets.FirstOrDefault(set => set.LoadBalancers.Any(balancer => balancer.TargetGroupArn == arn));
        var definition = set?.TaskDefinition;
        return new GroupStatus(
            group, weight, Short(definition), definition is null ? null : await ImageAsync(definition, stop), set?.ComputedDesiredCount ?? 0, set?.RunningCount ?? 0,
            arn is null ? [] : await TargetsAsync(arn, stop));
    }

    private async Task<ImmutableArray<TargetStatus>> TargetsAsync(string arn, CancellationToken stop)
    {
        try
        {
            var health = await session.ElasticLoadBalancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = arn }, stop);
            return [.. health.TargetHealthDescriptions.Select(target => new TargetStatus(
                target.Target.Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{target.Target.Id}:{port}") : target.Target.Id,
                target.TargetHealth.State,
                target.TargetHealth.Description ?? target.TargetHealth.Reason))];
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            return [];
        }
    }

    private async Task<string?> ImageAsync(string definition, CancellationToken stop)
    {
        var described = await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = definition }, stop);
        return (described.TaskDefinition["containerDefinitions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault()?["image"]?.ToString();
    }

    private async Task<ImmutableArray<TaskStatusEntry>> TasksAsync(string cluster, string service, CancellationToken stop)
    {
        var arns = new List<string>();
        await foreach (var arn in session.Ecs.TasksAsync(new ListTasksRequest { Cluster = cluster, ServiceName = service }, stop))
        {
            arns.Add(arn);
        }

        var tasks = ImmutableArray.CreateBuilder<TaskStatusEntry>();
        foreach (var some in arns.Chunk(100))
        {
            tasks.AddRange((await session.Ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = cluster, Tasks = [.. some] }, stop)).Tasks.Select(task => new TaskStatusEntry(
                task.TaskArn[(task.TaskArn.LastIndexOf('/') + 1)..],
                Short(task.TaskDefinitionArn) ?? "",
                task.LastStatus ?? "UNKNOWN",
                task.HealthStatus is null or "UNKNOWN" ? null : task.HealthStatus,
                task.StartedAt,
                task.Containers.SelectMany(container => container.NetworkInterfaces).Select(network => network.PrivateIpv4Address).FirstOrDefault())));
        }

        return tasks.ToImmutable();
    }

    private static StackStatusEntry Entry(StackKind kind, Stack stack) =>
        new(StackNames.Word(kind), stack.StackName, stack.StackStatus, stack.StackStatusReason, stack.LastUpdatedTime ?? stack.CreationTime);

    /// <summary>`arn:…:task-definition/fraud-a:3` → `fraud-a:3`</summary>
    private static string? Short(string? definition) => definition?[(definition.LastIndexOf('/') + 1)..];
}

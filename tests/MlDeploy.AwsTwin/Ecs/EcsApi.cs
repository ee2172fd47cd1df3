using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>ECS: moto keeps clusters and task definitions; services, task sets and tasks are the twin's own.</summary>
internal sealed class EcsApi(TwinContext context, EcsBook book, ServiceCalls services, TaskSetCalls sets, TaskCalls tasks) : ITwinService
{
    public string SigningName => "ecs";

    public bool Owns(string action) => action is
        "CreateService" or "UpdateService" or "DeleteService" or "DescribeServices" or "ListServices"
        or "CreateTaskSet" or "DescribeTaskSets" or "UpdateTaskSet" or "DeleteTaskSet" or "UpdateServicePrimaryTaskSet"
        or "RunTask" or "StopTask" or "DescribeTasks" or "ListTasks"
        or "DescribeClusters" or "ListClusters" or "DeleteCluster" or "TagResource" or "UntagResource" or "ListTagsForResource";

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel) => request.Action switch
    {
        "CreateService" => TwinReply.Of(await services.CreateAsync(request, cancel)),
        "UpdateService" => TwinReply.Of(await services.UpdateAsync(request, cancel)),
        "DeleteService" => TwinReply.Of(services.Delete(request)),
        "DescribeServices" => TwinReply.Of(services.Describe(request)),
        "ListServices" => TwinReply.Of(services.List(request)),
        "CreateTaskSet" => TwinReply.Of(await sets.CreateAsync(request, cancel)),
        "DescribeTaskSets" => TwinReply.Of(sets.Describe(request)),
        "UpdateTaskSet" => TwinReply.Of(sets.Update(request)),
        "DeleteTaskSet" => TwinReply.Of(sets.Delete(request)),
        "UpdateServicePrimaryTaskSet" => TwinReply.Of(sets.MakePrimary(request)),
        "RunTask" => TwinReply.Of(await tasks.RunAsync(request, cancel)),
        "StopTask" => TwinReply.Of(tasks.Stop(request)),
        "DescribeTasks" => TwinReply.Of(tasks.Describe(request)),
        "ListTasks" => TwinReply.Of(tasks.List(request)),
        "DescribeClusters" => await ClustersAsync(request, cancel),
        "ListClusters" => await ClusterNamesAsync(request, cancel),
        "DeleteCluster" => await DeleteClusterAsync(request, cancel),
        _ => await TagAsync(request, cancel),
    };

    public (string Section, JsonNode Content)? Describe()
    {
        lock (book.Gate)
        {
            return ("ecs", new JsonObject
            {
                ["services"] = new JsonArray([.. book.Services.Values.Where(service => service.Status != "INACTIVE").Select(service => new JsonObject
                {
                    ["arn"] = service.Arn,
                    ["desired"] = service.DesiredCount,
                    ["running"] = book.Tasks.Count(task => task.IsRunning && task.Group == $"service:{service.Name}" && task.Cluster == service.Cluster),
                    ["lastEvent"] = service.Events.FirstOrDefault()?.Message,
                })]),
                ["tasks"] = new JsonArray([.. book.Tasks.Select(task => new JsonObject
                {
                    ["arn"] = task.Arn,
                    ["status"] = task.LastStatus,
                    ["stoppedReason"] = task.StoppedReason,
                    ["address"] = task.Address,
                    ["containers"] = new JsonArray([.. task.Containers.Select(container => new JsonObject
                    {
                        ["name"] = container.Name,
                        ["pid"] = container.ProcessId,
                        ["ports"] = new JsonObject(container.Ports.Select(port => KeyValuePair.Create($"{port.Key}", (JsonNode?)$"127.0.0.1:{port.Value}"))),
                    })]),
                })]),
            });
        }
    }

    /// <summary>moto's clusters with the counts that only the twin knows.</summary>
    private async Task<TwinReply> ClustersAsync(TwinRequest request, CancellationToken cancel)
    {
        var reply = await context.Moto.AskAsync(request, cancel);
        if (reply.Status >= 400 || JsonNode.Parse(Encoding.UTF8.GetString(reply.Raw!)) is not JsonObject output)
            return reply;
        foreach (var cluster in output.Objects("clusters"))
        {
            var (name, arn) = (cluster.Required("clusterName"), cluster.Required("clusterArn"));
            var live = book.Tasks.Where(task => EcsNames.Cluster(request.Region, task.Cluster) == arn && task.Arn.Contains($":{request.Region}:", StringComparison.Ordinal)).ToList();
            cluster["runningTasksCount"] = live.Count(task => task.IsRunning);
            cluster["pendingTasksCount"] = live.Count(task => task.IsLive && !task.IsRunning);
            lock (book.Gate)
                cluster["activeServicesCount"] = book.Services.Values.Count(service => service.Cluster == name && service.Region == request.Region && service.Status == "ACTIVE");
        }

        return TwinReply.Of(output);
    }

    /// <summary>moto goes on listing clusters that were deleted.</summary>
    private async Task<TwinReply> ClusterNamesAsync(TwinRequest request, CancellationToken cancel)
    {
        using var records = context.Records(request.Region);
        var arns = (await records.JsonAsync("ecs", "ListClusters", [], cancel)).Texts("clusterArns").ToList();
        var described = arns.Count == 0 ? [] : await records.JsonAsync("ecs", "DescribeClusters", new JsonObject { ["clusters"] = new JsonArray([.. arns.Select(arn => JsonValue.Create(arn))]) }, cancel);
        return TwinReply.Of(new JsonObject
        {
            ["clusterArns"] = new JsonArray([.. described.Objects("clusters").Where(cluster => cluster.Text("status") != "INACTIVE").Select(cluster => JsonValue.Create(cluster.Required("clusterArn")))]),
        });
    }

    private async Task<TwinReply> DeleteClusterAsync(TwinRequest request, CancellationToken cancel)
    {
        var name = EcsNames.ClusterName(request.Input.Text("cluster"));
        lock (book.Gate)
        {
            if (book.Services.Values.Any(service => service.Cluster == name && service.Region == request.Region && service.Status == "ACTIVE"))
                throw new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
            if (book.Tasks.Any(task => task.Cluster == name && task.LastStatus != "STOPPED" && task.Arn.Contains($":{request.Region}:", StringComparison.Ordinal)))
                throw new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
        }

        return await context.Moto.AskAsync(request, cancel);
    }

    private async Task<TwinReply> TagAsync(TwinRequest request, CancellationToken cancel)
    {
        if (!request.Input.Required("resourceArn").Contains(":service/", StringComparison.Ordinal))
            return await context.Moto.AskAsync(request, cancel);
        lock (book.Gate)
        {
            var service = book.Service(request.Region, "", request.Input.Required("resourceArn"));
            if (request.Action == "ListTagsForResource")
                return TwinReply.Of(new JsonObject { ["tags"] = service.Tags.DeepClone() });
            var removed = request.Input.Texts("tagKeys").Concat(request.Input.Objects("tags").Select(tag => tag.Required("key"))).ToHashSet();
            service.Tags = new JsonArray([
                .. service.Tags.OfType<JsonObject>().Where(tag => !removed.Contains(tag.Required("key"))).Select(tag => tag.DeepClone()),
                .. request.Input.Objects("tags").Select(tag => tag.DeepClone())]);
            return TwinReply.Empty;
        }
    }
}

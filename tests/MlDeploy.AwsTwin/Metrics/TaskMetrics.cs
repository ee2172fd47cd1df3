using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>
/// AWS/ECS per service, and ECS/ContainerInsights per task definition family where the cluster has it on, out of what the tasks'
/// processes really use. CPU is a share of real time: a compressed clock does not make a processor faster.
/// </summary>
internal sealed class TaskMetrics(TwinContext context, MetricStore store, EcsBook book)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);
    private readonly Dictionary<int, (double CpuSeconds, long At)> before = [];
    private readonly Dictionary<string, (bool On, DateTimeOffset Asked)> insights = [];

    public async Task SampleAsync(CancellationToken cancel)
    {
        var tasks = book.Tasks.Where(task => task.IsRunning).ToList();
        if (tasks.Count == 0)
            return;
        var groups = ProcessGroupUsage.ByGroup();
        var (now, stamp) = (context.Clock.GetUtcNow(), TimeProvider.System.GetTimestamp());
        foreach (var task in tasks)
        {
            double cpu = 0, memory = 0;
            var isKnown = false;
            foreach (var id in task.Containers.Where(container => container.ProcessId is not null).Select(container => container.ProcessId!.Value))
            {
                if (!groups.TryGetValue(id, out var usage))
                    continue;
                memory += usage.MemoryBytes / 1048576.0;
                if (before.TryGetValue(id, out var last))
                {
                    isKnown = true;
                    cpu += Math.Max(0, usage.CpuSeconds - last.CpuSeconds) / TimeProvider.System.GetElapsedTime(last.At, stamp).TotalSeconds;
                }

                before[id] = (usage.CpuSeconds, stamp);
            }

            if (isKnown)
                await RecordAsync(task, cpu * 1024, memory, now, cancel);
        }
    }

    private async Task RecordAsync(EcsTask task, double cpuUnits, double memory, DateTimeOffset now, CancellationToken cancel)
    {
        (string, string) cluster = ("ClusterName", task.Cluster);
        if (task.Group.StartsWith("service:", StringComparison.Ordinal))
        {
            (string, string) service = ("ServiceName", task.Group["service:".Length..]);
            if (task.Cpu > 0)
                Add("AWS/ECS", "CPUUtilization", cpuUnits / task.Cpu * 100, cluster, service);
            if (task.Memory > 0)
                Add("AWS/ECS", "MemoryUtilization", memory / task.Memory * 100, cluster, service);
        }

        if (!await HasInsightsAsync(task, now, cancel))
            return;
        (string, string) family = ("TaskDefinitionFamily", task.TaskDefinitionArn[(task.TaskDefinitionArn.LastIndexOf('/') + 1)..].Split(':')[0]);
        Add("ECS/ContainerInsights", "CpuUtilized", cpuUnits, cluster, family);
        Add("ECS/ContainerInsights", "CpuReserved", task.Cpu, cluster, family);
        Add("ECS/ContainerInsights", "MemoryUtilized", memory, cluster, family);
        Add("ECS/ContainerInsights", "MemoryReserved", task.Memory, cluster, family);

        void Add(string space, string name, double value, params (string, string)[] dimensions) =>
            store.Record(MetricKey.Of(space, name, dimensions), now, datum => datum.Add(Math.Round(value, 3)), settle: Settling);
    }

    private async Task<bool> HasInsightsAsync(EcsTask task, DateTimeOffset now, CancellationToken cancel)
    {
        var region = task.Arn.Split(':')[3];
        var arn = EcsNames.Cluster(region, task.Cluster);
        if (insights.TryGetValue(arn, out var known) && now - known.Asked < TimeSpan.FromMinutes(5))
            return known.On;
        using var records = context.Records(region);
        var answer = await records.JsonAsync("ecs", "DescribeClusters", new JsonObject { ["clusters"] = new JsonArray(task.Cluster), ["include"] = new JsonArray("SETTINGS") }, cancel);
        var on = answer.Objects("clusters").SelectMany(cluster => cluster.Objects("settings"))
            .Any(setting => setting.Text("name") == "containerInsights" && setting.Text("value") is "enabled" or "enhanced");
        insights[arn] = (on, now);
        return on;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Cost;

/// <summary>One line of an estimate.</summary>
/// <param name="What">`NAT gateway`</param>
/// <param name="Count">How many units, such as 2 gateways or 0.5 vCPU.</param>
/// <param name="UnitPrice">For one unit an hour, or a month when <paramref name="Hourly"/> is false.</param>
/// <param name="Month">For all of them a month.</param>
public sealed record CostLine(StackKind Stack, string What, decimal Count, decimal UnitPrice, bool Hourly, decimal Month);

/// <param name="Region">Whose prices.</param>
/// <param name="Date">When the prices were looked up.</param>
/// <param name="Lines">What is charged for standing there, dearest first within a stack.</param>
/// <param name="LeftOut">What is charged beside it, and is not estimated.</param>
public sealed record MonthlyCost(string Region, DateOnly Date, string Currency, ImmutableArray<CostLine> Lines, ImmutableArray<string> LeftOut)
{
    public decimal Month => Lines.Sum(line => line.Month);
}

/// <summary>
/// The fixed monthly cost of rendered stacks: what they cost with the fewest tasks and no traffic. Read off the templates and not off
/// the manifest, so that overrides and templates of one's own count too.
/// </summary>
public static class MonthlyEstimate
{
    /// <summary>
    /// Metrics of Container Insights (ECS, "Amazon ECS Container Insights metrics", counted by dimension): of the cluster, of its one
    /// service, and of each of the two task-definition families that deployments alternate between.
    /// </summary>
    private const int InsightsMetrics = 13 + 15 + (2 * 10);

    /// <summary>Target tracking makes an alarm to add tasks and one to remove them, both over the policy's metrics.</summary>
    private const int AlarmsOfPolicy = 2;

    /// <returns>Null when there are no prices for the region.</returns>
    public static MonthlyCost? Of(IReadOnlyCollection<RenderedStack> stacks, string region)
    {
        if (PriceTable.For(region) is not { } prices)
        {
            return null;
        }

        var notebooksWithoutPrice = new List<string>();
        var lines = stacks.SelectMany(stack => Lines(new Resources(stack), prices, notebooksWithoutPrice).OrderByDescending(line => line.Month)).ToImmutableArray();
        return new MonthlyCost(region, prices.Date, prices.Currency, lines, LeftOut(stacks, notebooksWithoutPrice));
    }

    private static IEnumerable<CostLine> Lines(Resources stack, PriceTable prices, List<string> unknown)
    {
        CostLine Hourly(string what, decimal count, decimal price) => new(stack.Kind, what, count, price, Hourly: true, Round(count * price * prices.HoursPerMonth));
        CostLine Monthly(string what, decimal count, decimal price) => new(stack.Kind, what, count, price, Hourly: false, Round(count * price));

        if (stack.Count("AWS::ElasticLoadBalancingV2::LoadBalancer") is > 0 and var balancers)
        {
            yield return Hourly("load balancer", balancers, prices.Unit["loadBalancer"]);
        }

        if (stack.Count("AWS::EC2::NatGateway") is > 0 and var gateways)
        {
            yield return Hourly("NAT gateway", gateways, prices.Unit["natGateway"]);
        }

        if (stack.PublicAddresses() is > 0 and var addresses)
        {
            yield return Hourly("public IPv4 address", addresses, prices.Unit["publicAddress"]);
        }

        if (stack.Tasks() is var (tasks, cpu, memory) && tasks > 0)
        {
            yield return Hourly($"Fargate vCPU, {tasks} {(tasks == 1 ? "task" : "tasks")}", tasks * cpu / 1024m, prices.Unit["fargateCpu"]);
            yield return Hourly($"Fargate GB of memory, {tasks} {(tasks == 1 ? "task" : "tasks")}", tasks * memory / 1024m, prices.Unit["fargateMemory"]);
        }

        if (stack.Count("AWS::CloudWatch::Dashboard") is > 0 and var dashboards)
        {
            yield return Monthly("dashboard", dashboards, prices.Unit["dashboard"]);
        }

        if (stack.AlarmMetrics() is > 0 and var metrics)
        {
            yield return Monthly("metric read by an alarm, those of scaling too", metrics, prices.Unit["alarmMetric"]);
        }

        if (stack.ClustersWithInsights() is > 0 and var clusters)
        {
            yield return Monthly("Container Insights metric", clusters * InsightsMetrics, prices.Unit["containerInsightsMetric"]);
        }

        foreach (var notebook in stack.OfType("AWS::SageMaker::NotebookInstance"))
        {
            var size = Literals.Text(notebook["InstanceType"]) ?? "";
            if (prices.Notebooks.TryGetValue(size, out var price))
            {
                yield return Hourly($"notebook {size}, while it runs", 1, price);
            }
            else
            {
                unknown.Add($"the notebook: {size} is not in the price table");
            }

            yield return Monthly("GB of the notebook's volume", Resources.Number(notebook["VolumeSizeInGB"]) ?? 5, prices.Unit["notebookStorage"]);
        }
    }

    private static ImmutableArray<string> LeftOut(IReadOnlyCollection<RenderedStack> stacks, List<string> unknown) =>
    [
        .. unknown,
        "traffic: data transfer, the load balancer's capacity units, bytes through the NAT gateway",
        "tasks beyond the fewest, and the second set of tasks that runs during a deployment and its bake",
        "logs: ingestion and storage; requests to CloudWatch",
        "images in the registry, and their scans",
        .. stacks.Any(stack => stack.Kind == StackKind.Training) ? ["training jobs; data, code and models in the bucket"] : Array.Empty<string>(),
        "what overrides add beyond these; taxes, free tier and discounts",
    ];

    private static decimal Round(decimal amount) => Math.Round(amount, 2, MidpointRounding.AwayFromZero);

    /// <summary>What a stack's template says of things that are charged.</summary>
    private sealed class Resources(RenderedStack stack)
    {
        /// <summary>A load balancer has an address in each zone that it stands in.</summary>
        private const int ZonesWhenUnknown = 2;

        private readonly JsonObject resources = stack.Template["Resources"] as JsonObject ?? [];

        public StackKind Kind => stack.Kind;

        public IEnumerable<JsonObject> OfType(string type) => resources
            .Where(resource => string.Equals(Intrinsics.Text(resource.Value.At("Type")), type, StringComparison.Ordinal))
            .Select(resource => resource.Value.At("Properties") as JsonObject ?? []);

        public int Count(string type) => OfType(type).Count();

        /// <summary>Those of NAT gateways, of load balancers that face the internet (one a zone), and of tasks that have one.</summary>
        public int PublicAddresses()
        {
            var balancers = OfType("AWS::ElasticLoadBalancingV2::LoadBalancer").Where(balancer => Intrinsics.Text(balancer["Scheme"]) is not "internal")
                .Sum(balancer => (balancer["Subnets"] as JsonArray)?.Count ?? ZonesWhenUnknown);
            var tasks = OfType("AWS::ECS::Service").Any(service => Intrinsics.Text(service["NetworkConfiguration"].At("AwsvpcConfiguration").At("AssignPublicIp")) is "ENABLED") ? Tasks().Count : 0;
            return Count("AWS::EC2::EIP") + balancers + tasks;
        }

        /// <returns>The fewest tasks, and the CPU units and MiB of each.</returns>
        public (int Count, int Cpu, int Memory) Tasks()
        {
            var service = OfType("AWS::ECS::Service").FirstOrDefault();
            var definition = OfType("AWS::ECS::TaskDefinition").FirstOrDefault();
            var count = OfType("AWS::ApplicationAutoScaling::ScalableTarget").Select(target => Number(target["MinCapacity"])).FirstOrDefault()
                ?? Number(service.At("DesiredCount")) ?? 1;
            return service is null || definition is null ? (0, 0, 0) : (count, Number(definition["Cpu"]) ?? 0, Number(definition["Memory"]) ?? 0);
        }

        /// <summary>An alarm over an expression is charged for each metric that it reads.</summary>
        public int AlarmMetrics() =>
            OfType("AWS::CloudWatch::Alarm").Sum(Metrics)
            + OfType("AWS::ApplicationAutoScaling::ScalingPolicy").Where(policy => Intrinsics.Text(policy["PolicyType"]) is "TargetTrackingScaling")
                .Sum(policy => AlarmsOfPolicy * Metrics(policy["TargetTrackingScalingPolicyConfiguration"].At("CustomizedMetricSpecification")));

        private static int Metrics(JsonNode? reader) => reader.At("Metrics") is JsonArray metrics ? metrics.Count(metric => metric.At("MetricStat") is not null) : 1;

        public int ClustersWithInsights() => OfType("AWS::ECS::Cluster").Count(cluster =>
            (cluster["ClusterSettings"] as JsonArray)?.Any(setting => Intrinsics.Text(setting.At("Name")) is "containerInsights" && Intrinsics.Text(setting.At("Value")) is "enabled" or "enhanced") == true);

        public static int? Number(JsonNode? node) => int.TryParse(Literals.Text(node), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}

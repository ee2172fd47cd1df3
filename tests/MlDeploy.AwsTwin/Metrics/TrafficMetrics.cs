using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>
/// AWS/ApplicationELB out of the real traffic, with the dimensions and the reporting criteria of AWS's documentation: counts of
/// status codes appear only where there were some, host counts while a group has targets.
/// </summary>
internal sealed class TrafficMetrics(MetricStore store, TargetRegistry targets, TimeProvider time)
{
    private const string Space = "AWS/ApplicationELB";

    /// <summary>How long after its end a minute can be read.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    public void Note(BalancedRequest request)
    {
        var at = time.GetUtcNow();
        (string, string) balancer = ("LoadBalancer", request.LoadBalancer.Dimension);
        if (request.BalancerStatus is { } made)
        {
            Add(MetricKey.Of(Space, made switch { < 400 when request.Target is null && made is >= 300 => "HTTP_Redirect_Count", < 400 => "HTTP_Fixed_Response_Count", < 500 => "HTTPCode_ELB_4XX_Count", _ => "HTTPCode_ELB_5XX_Count" }, balancer), 1);
            if (made is 500 or 502 or 503 or 504)
                Add(MetricKey.Of(Space, $"HTTPCode_ELB_{made}_Count", balancer), 1);
        }

        // Requests refused before a target was chosen are not counted.
        if (request.Target is not { } group)
            return;
        (string, string) target = ("TargetGroup", group.Dimension);
        Both("RequestCount", 1);
        var hosts = Math.Max(1, targets.Count(group.Arn).Healthy);
        Add(MetricKey.Of(Space, "RequestCountPerTarget", target), 1.0 / hosts);
        Add(MetricKey.Of(Space, "RequestCountPerTarget", target, balancer), 1.0 / hosts);
        if (request.TargetStatus is { } status)
            Both($"HTTPCode_Target_{status / 100}XX_Count", 1);
        else if (request.BalancerStatus is 502 or 504)
            Both("TargetConnectionErrorCount", 1);
        if (request.ResponseTime is { } seconds)
            Both("TargetResponseTime", ThreeDigits(seconds));

        void Both(string name, double value)
        {
            Add(MetricKey.Of(Space, name, balancer), value);
            Add(MetricKey.Of(Space, name, target, balancer), value);
        }

        void Add(MetricKey key, double value) => store.Record(key, at, datum => datum.Add(value), settle: Settling);
    }

    /// <summary>Host counts, taken several times a minute.</summary>
    public void Sample(Configuration configuration)
    {
        var at = time.GetUtcNow();
        foreach (var group in configuration.TargetGroups.Values)
        {
            var (healthy, unhealthy) = targets.Count(group.Arn);
            if (targets.Health(group.Arn, isUsed: true).IsEmpty)
                continue;
            foreach (var balancer in configuration.LoadBalancersOf(group.Arn))
            {
                var dimensions = new[] { ("TargetGroup", group.Dimension), ("LoadBalancer", configuration.LoadBalancers[balancer].Dimension) };
                Add("HealthyHostCount", healthy, dimensions);
                Add("UnHealthyHostCount", unhealthy, dimensions);
                // Always reported, so that a policy sees no traffic as zero; a zero changes no sum.
                Add("RequestCountPerTarget", 0, dimensions);
                Add("RequestCountPerTarget", 0, dimensions[0]);
            }
        }

        void Add(string name, double value, params (string, string)[] dimensions) =>
            store.Record(MetricKey.Of(Space, name, dimensions), at, datum => datum.Add(value), settle: Settling);
    }

    /// <summary>Bounds how many different values a minute can have; percentiles stay right to half a percent.</summary>
    private static double ThreeDigits(double value)
    {
        if (value <= 0)
            return 0;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
        return Math.Round(value / unit) * unit;
    }
}

using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>The manifest's values for the parameters of `templates/aws/application.yaml`.</summary>
internal static class ApplicationParameters
{
    /// <summary>ECS kills a task on Fargate after this long at the latest.</summary>
    private const int LongestStopTimeout = 120;

    /// <summary>Minutes that a tested candidate may wait for whoever deploys to say go on, beyond what its tests may take.</summary>
    private const int ReadyMargin = 10;

    public static ParameterValues Of(AppManifest manifest, RenderFacts facts)
    {
        var values = new ParameterValues().Set("Name", manifest.Name);
        Network(values, manifest.Targets.Aws!);
        Balancer(values, manifest, facts);
        Tasks(values, manifest, facts);
        Deployment(values, manifest.Rollout);
        Watching(values, manifest);
        return values;
    }

    private static void Network(ParameterValues values, AwsTargetSettings aws)
    {
        var network = aws.Network;
        var prefix = int.Parse(network.Cidr.AsSpan(network.Cidr.IndexOf('/', StringComparison.Ordinal) + 1));
        values.Set("VpcId", network.Vpc ?? "new")
            .Set("VpcCidr", network.Cidr)
            .Set("SubnetBits", 32 - prefix - 2)
            .Set("TaskSubnets", network.Subnets)
            .Set("BalancerSubnets", network.BalancerSubnets.IsEmpty ? network.Subnets : network.BalancerSubnets)
            .Set("AssignPublicIp", network.PublicAddresses ? "ENABLED" : "DISABLED")
            .Set("Nat", network.NatPerZone ? "perZone" : "one");
    }

    private static void Balancer(ParameterValues values, AppManifest manifest, RenderFacts facts)
    {
        var (aws, application, health) = (manifest.Targets.Aws!, manifest.Application, manifest.Application.Health);
        values.Set("Scheme", aws.Internal ? "internal" : "internet-facing")
            .Set("CertificateArn", aws.CertificateArn ?? "")
            .Set("TestPort", aws.TestListener.Port)
            .Set("LiveTargetGroup", facts.LiveTargetGroup == LiveTargetGroup.Green ? "green" : "blue")
            .Set("RequestTimeout", Seconds(application.RequestTimeout))
            .Set("StickySeconds", manifest.Rollout.Stickiness is null ? 0 : StickyFor(manifest.Rollout))
            .Set("HealthPath", health.Path)
            .Set("HealthInterval", Seconds(health.Interval))
            .Set("HealthTimeout", Seconds(health.Timeout))
            .Set("HealthyAfter", health.HealthyAfter)
            .Set("UnhealthyAfter", health.UnhealthyAfter)
            .Set("StartWithin", Seconds(health.StartWithin))
            .Set("Drain", Seconds(application.Drain));
    }

    private static void Tasks(ParameterValues values, AppManifest manifest, RenderFacts facts)
    {
        var application = manifest.Application;
        var image = facts.Image ?? application.Image ?? "";
        values.Set("Image", image)
            .Set("RepositoryArn", ImageSource.ForeignRepository(image, manifest.Name, facts) ?? "")
            .Set("ContainerPort", application.Port)
            .Set("Cpu", $"{application.Resources.Cpu}")
            .Set("Memory", $"{application.Resources.Memory}")
            .Set("StopTimeout", Math.Clamp(Seconds(application.Drain), 2, LongestStopTimeout))
            .Set("LogRetention", manifest.Targets.Aws!.LogRetention.TotalDays)
            .Set("ContainerInsights", ComparesResources(manifest) ? "enabled" : "disabled")
            .Set("MinTasks", manifest.Scaling.Min)
            .Set("MaxTasks", manifest.Scaling.Max)
            .Set("CpuTarget", Percent(manifest.Scaling.Cpu))
            .Set("MemoryTarget", Percent(manifest.Scaling.Memory))
            .Set("RequestsTarget", manifest.Scaling.RequestsPerMinute ?? 0);
    }

    private static void Deployment(ParameterValues values, RolloutSettings rollout)
    {
        var shape = DeploymentShape.Of(rollout);
        values.Set("Routing", shape.Routing)
            .Set("StepPercent", shape.Percent)
            .Set("StepMinutes", shape.Minutes)
            .Set("ReadyWait", ReadyMargin + Math.Ceiling(rollout.Tests.Sum(test => test.Timeout.TotalMinutes)))
            .Set("Bake", Math.Ceiling(rollout.Bake.TotalMinutes));
    }

    private static void Watching(ParameterValues values, AppManifest manifest)
    {
        var limits = AlarmLimits.Of(manifest);
        values.Set("DeploymentConfigName", DeploymentShape.Of(manifest.Rollout).ConfigName(manifest.Name))
            .Set("NotifyScaling", manifest.Notifications.On.Contains(NotificationKind.Scaling))
            .Set("NotifyDeployment", manifest.Notifications.On.Contains(NotificationKind.Deployment))
            .Set("ErrorLimit", limits.ErrorPercent)
            .Set("LatencyLimit", limits.LatencySeconds)
            .Set("LatencyStatistic", limits.LatencyStatistic)
            .Set("UnhealthyMinutes", limits.UnhealthyMinutes)
            .Set("TrainedAt", manifest.Model?.TrainedAt?.ToUnixTimeSeconds() ?? 0);
    }

    /// <summary>CPU and memory of each version can be told apart only by Container Insights, which is charged.</summary>
    private static bool ComparesResources(AppManifest manifest) =>
        manifest.Rollout.Gates.Any(gate => gate.Metric is "cpu" or "memory" or "cpu.perRequest" or "memory.growth");

    /// <summary>As long as traffic may be split: a user who came during the shift stays with the same version until it is over.</summary>
    private static int StickyFor(RolloutSettings rollout)
    {
        const int Longest = 7 * 24 * 3600;
        return Math.Clamp(Seconds(rollout.Steps.Aggregate(rollout.Bake, (sum, step) => sum + step.For)), 60, Longest);
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    private static double Percent(double? share) => Math.Round((share ?? 0) * 100, 6);
}

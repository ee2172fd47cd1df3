using System.Collections.Immutable;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Deploying;

/// <summary>One of the two target groups.</summary>
/// <param name="FullName">As CloudWatch names it: targetgroup/NAME/ID.</param>
public sealed record TargetGroupPlace(string Arn, string FullName);

/// <summary>Where versions of an application run and are deployed to, as its stack tells.</summary>
public sealed record DeploymentPlace
{
    private static readonly ImmutableArray<string> Needed =
    [
        StackOutputs.DeploymentApplication, StackOutputs.DeploymentGroup, StackOutputs.Cluster, StackOutputs.Service, StackOutputs.ProductionListenerArn, StackOutputs.LoadBalancerFullName,
        StackOutputs.BlueTargetGroupArn, StackOutputs.BlueTargetGroupFullName, StackOutputs.GreenTargetGroupArn, StackOutputs.GreenTargetGroupFullName, StackOutputs.Url, StackOutputs.TestUrl,
        StackOutputs.TopicArn, StackOutputs.LogGroup,
    ];

    public required string Application { get; init; }
    public required string CodeDeployApplication { get; init; }
    public required string DeploymentGroup { get; init; }
    public required string Cluster { get; init; }
    public required string Service { get; init; }
    public required string ProductionListener { get; init; }

    /// <summary>As CloudWatch names it: app/NAME/ID.</summary>
    public required string LoadBalancer { get; init; }

    public required TargetGroupPlace Blue { get; init; }
    public required TargetGroupPlace Green { get; init; }
    public required string Url { get; init; }
    public required string TestUrl { get; init; }
    public required string TopicArn { get; init; }
    public required string LogGroup { get; init; }

    /// <summary>The application's own: they end a deployment.</summary>
    public required ImmutableArray<string> Alarms { get; init; }

    /// <summary>service/CLUSTER/SERVICE: what Application Auto Scaling calls it.</summary>
    public string ScalableResource => $"service/{Cluster}/{Service}";

    /// <summary>Whether the stack tells all that <see cref="Of"/> needs; one that is being made does not yet.</summary>
    public static bool IsToldBy(StandingApplication application) => Needed.All(output => application[output] is { Length: > 0 });

    /// <exception cref="ExpectedException">The stack does not tell something that deploying needs.</exception>
    public static DeploymentPlace Of(StandingApplication application)
    {
        string Need(string output) => application[output] is { Length: > 0 } value
            ? value
            : throw new ExpectedException(
                ExitCode.TargetFailed,
                $"stack {application.Stack.StackName} ({application.Stack.StackStatus}) has no output {output}",
                "`mldeploy provision --target aws` brings the stack to what the manifest says; a template of your own gives the same outputs");
        return new DeploymentPlace
        {
            Application = application.Name,
            CodeDeployApplication = Need(StackOutputs.DeploymentApplication),
            DeploymentGroup = Need(StackOutputs.DeploymentGroup),
            Cluster = Need(StackOutputs.Cluster),
            Service = Need(StackOutputs.Service),
            ProductionListener = Need(StackOutputs.ProductionListenerArn),
            LoadBalancer = Need(StackOutputs.LoadBalancerFullName),
            Blue = new TargetGroupPlace(Need(StackOutputs.BlueTargetGroupArn), Need(StackOutputs.BlueTargetGroupFullName)),
            Green = new TargetGroupPlace(Need(StackOutputs.GreenTargetGroupArn), Need(StackOutputs.GreenTargetGroupFullName)),
            Url = Need(StackOutputs.Url),
            TestUrl = Need(StackOutputs.TestUrl),
            TopicArn = Need(StackOutputs.TopicArn),
            LogGroup = Need(StackOutputs.LogGroup),
            Alarms = [.. (application[StackOutputs.Alarms] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
    }
}

using System.Collections.Immutable;

namespace MlDeploy.Aws.Templates;

/// <summary>
/// What each stack tells, and later steps read; a template of your own gives the same outputs.
/// The templates' own descriptions say what each is; a specification keeps them and this list the same.
/// </summary>
public static class StackOutputs
{
    public const string RepositoryUri = "RepositoryUri";
    public const string RepositoryArn = "RepositoryArn";
    public const string RepositoryName = "RepositoryName";

    public const string Url = "Url";
    public const string TestUrl = "TestUrl";
    public const string LoadBalancerArn = "LoadBalancerArn";
    public const string LoadBalancerDns = "LoadBalancerDns";
    public const string LoadBalancerFullName = "LoadBalancerFullName";
    public const string ProductionListenerArn = "ProductionListenerArn";
    public const string TestListenerArn = "TestListenerArn";
    public const string BlueTargetGroupArn = "BlueTargetGroupArn";
    public const string BlueTargetGroupName = "BlueTargetGroupName";
    public const string BlueTargetGroupFullName = "BlueTargetGroupFullName";
    public const string GreenTargetGroupArn = "GreenTargetGroupArn";
    public const string GreenTargetGroupName = "GreenTargetGroupName";
    public const string GreenTargetGroupFullName = "GreenTargetGroupFullName";
    public const string Cluster = "Cluster";
    public const string Service = "Service";
    public const string ExecutionRoleArn = "ExecutionRoleArn";
    public const string TaskRoleArn = "TaskRoleArn";
    public const string TaskSecurityGroup = "TaskSecurityGroup";
    public const string LogGroup = "LogGroup";
    public const string TopicArn = "TopicArn";
    public const string DeploymentApplication = "DeploymentApplication";
    public const string DeploymentGroup = "DeploymentGroup";
    public const string HeartbeatRoleArn = "HeartbeatRoleArn";

    /// <summary>Names of alarms, with commas between.</summary>
    public const string Alarms = "Alarms";

    public const string Dashboard = "Dashboard";

    public const string Bucket = "Bucket";
    public const string Notebook = "Notebook";
    public const string TrainingRoleArn = "TrainingRoleArn";
    public const string TrainingSubnets = "TrainingSubnets";
    public const string TrainingSecurityGroup = "TrainingSecurityGroup";

    /// <summary>The outputs that a stack must have, in the order of its template.</summary>
    public static ImmutableArray<string> Of(StackKind kind) => kind switch
    {
        StackKind.Registry => [RepositoryUri, RepositoryArn, RepositoryName],
        StackKind.Application =>
        [
            Url, TestUrl, LoadBalancerArn, LoadBalancerDns, LoadBalancerFullName, ProductionListenerArn, TestListenerArn,
            BlueTargetGroupArn, BlueTargetGroupName, BlueTargetGroupFullName, GreenTargetGroupArn, GreenTargetGroupName, GreenTargetGroupFullName,
            Cluster, Service, ExecutionRoleArn, TaskRoleArn, TaskSecurityGroup, LogGroup, TopicArn, DeploymentApplication, DeploymentGroup, HeartbeatRoleArn, Alarms, Dashboard,
        ],
        StackKind.Training => [Bucket, Notebook, TrainingRoleArn, TrainingSubnets, TrainingSecurityGroup],
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

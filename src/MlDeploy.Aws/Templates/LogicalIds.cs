namespace MlDeploy.Aws.Templates;

/// <summary>The logical ids that rendering and later steps know; a template of your own uses them for the same things.</summary>
public static class LogicalIds
{
    public const string TaskDefinition = "TaskDefinition";
    public const string Service = "Service";
    public const string ExecutionRole = "ExecutionRole";
    public const string TaskRole = "TaskRole";
    public const string BalancerSecurityGroup = "BalancerSecurityGroup";
    public const string Topic = "Topic";
    public const string DeploymentGroup = "DeploymentGroup";
    public const string DeploymentConfig = "DeploymentConfig";
    public const string ProductionListener = "ProductionListener";
    public const string TestListener = "TestListener";

    /// <summary>The container's name within the task definition.</summary>
    public const string Container = "application";
}

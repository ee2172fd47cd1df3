using MlDeploy.Aws.Clients.CodeDeploy;

namespace MlDeploy.Aws.Deploying;

/// <summary>A deployment's status in CodeDeploy's words.</summary>
public static class CodeDeployStatus
{
    public const string Ready = "Ready";
    public const string Succeeded = "Succeeded";
    public const string Stopped = "Stopped";
    public const string Failed = "Failed";

    public static readonly string[] Active = ["Created", "Queued", "InProgress", "Baking", Ready];

    public static bool IsOver(string status) => status is Succeeded or Stopped or Failed;

    /// <summary>Why it ended, in CodeDeploy's words.</summary>
    public static string Why(DeploymentInfo deployment) => deployment.ErrorInformation is { } error
        ? string.IsNullOrEmpty(error.Message) ? error.Code ?? "no reason given" : error.Message.TrimEnd().TrimEnd('.')
        : "no reason given";

    /// <summary>Whether it is the one that brings an earlier one's stable back.</summary>
    public static bool IsRollback(DeploymentInfo deployment) => deployment.RollbackInfo?.RollbackTriggeringDeploymentId is { Length: > 0 } || deployment.Creator == "codeDeployRollback";
}

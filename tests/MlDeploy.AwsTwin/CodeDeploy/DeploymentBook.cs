using System.Security.Cryptography;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>All deployments of all regions with what steers those that run.</summary>
internal sealed class DeploymentBook(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Deployment> deployments = [];
    private readonly Dictionary<string, DeploymentControl> controls = [];

    /// <summary>In the order of their creation.</summary>
    public IReadOnlyList<Deployment> All
    {
        get
        {
            lock (gate)
            {
                return [.. deployments.Values.OrderBy(deployment => deployment.Created)];
            }
        }
    }

    public static string NewId() => $"d-{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 9)}";

    /// <exception cref="AwsError">The group has another one that is not over.</exception>
    public void Start(Deployment deployment, DeploymentControl control)
    {
        lock (gate)
        {
            if (!deployment.IsRollback && Active(deployment) is { } active)
            {
                throw new AwsError("DeploymentLimitExceededException", $"The Deployment Group '{deployment.Group}' already has an active Deployment '{active.Id}'");
            }

            deployments[deployment.Id] = deployment with { Updated = time.GetUtcNow() };
            controls[deployment.Id] = control;
        }
    }

    public Deployment Change(string id, Func<Deployment, Deployment> change)
    {
        lock (gate)
        {
            return deployments[id] = change(deployments[id]) with { Updated = time.GetUtcNow() };
        }
    }

    public Deployment Get(string id)
    {
        lock (gate)
        {
            return deployments[id];
        }
    }

    /// <exception cref="AwsError"/>
    public Deployment Find(string region, string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            throw new AwsError("DeploymentIdRequiredException", "Deployment ID is required");
        }

        if (!id.StartsWith("d-", StringComparison.Ordinal) || id.Length != 11)
        {
            throw new AwsError("InvalidDeploymentIdException", $"Deployment ID {id} is not valid");
        }

        lock (gate)
        {
            return deployments.GetValueOrDefault(id) is { } found && found.Region == region
                ? found
                : throw new AwsError("DeploymentDoesNotExistException", $"The deployment {id} could not be found");
        }
    }

    public DeploymentControl Control(string id)
    {
        lock (gate)
        {
            return controls[id];
        }
    }

    /// <summary>The group's last deployment, or its last success.</summary>
    public Deployment? Last(string region, string application, string group, bool succeeded) => All.LastOrDefault(deployment =>
        deployment.Region == region && deployment.Application == application && deployment.Group == group && (!succeeded || deployment.Status == "Succeeded"));

    private Deployment? Active(Deployment wanted) => deployments.Values.FirstOrDefault(other =>
        !other.IsOver && other.Region == wanted.Region && other.Application == wanted.Application && other.Group == wanted.Group);
}

using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>What a running deployment needs of the rest of the twin.</summary>
internal sealed class DeploymentSurroundings(TwinContext context, Plane plane, Func<string, CodeDeployRecords> records, DeploymentBook book)
{
    /// <summary>However compressed the clock is, looking at the service more often than this in real time helps nobody.</summary>
    private static readonly TimeSpan LeastRealPace = TimeSpan.FromMilliseconds(50);

    public DeploymentBook Book => book;

    public DeploymentTelling Telling { get; } = new(context, plane.Events);

    /// <summary>Between two looks at a service.</summary>
    public TimeSpan Pace { get; } = LeastRealPace * context.Clock.Speed is var least && least > TimeSpan.FromSeconds(2) ? least : TimeSpan.FromSeconds(2);

    /// <summary>Creates and starts the deployment that undoes this one.</summary>
    public required Func<Deployment, string> StartRollback { get; init; }

    public DeploymentTaskSets TaskSets(Deployment deployment) =>
        new(context, plane.Ecs, deployment.Region, EcsNames.ClusterName(deployment.Service.Text("clusterName")), deployment.Service.Required("serviceName"));

    public JsonObject Configuration(Deployment deployment) => records(deployment.Region).Configurations.GetValueOrDefault(deployment.Configuration)
        ?? throw new DeploymentFailure("INTERNAL_ERROR", $"The deployment configuration {deployment.Configuration} does not exist any more.");

    /// <summary>The group's pair names two target groups: the one that is not the primary's.</summary>
    /// <exception cref="DeploymentFailure"/>
    public string OtherGroup(Deployment deployment, string primaryGroup)
    {
        var names = deployment.Pair.Objects("targetGroups").Select(group => group.Required("name")).ToList();
        var known = plane.Balancers.Configuration.TargetGroups.Values.Where(group => group.Arn.Contains($":{deployment.Region}:", StringComparison.Ordinal)).ToDictionary(group => group.Name, group => group.Arn);
        if (names.FirstOrDefault(name => !known.ContainsKey(name)) is { } missing)
        {
            throw new DeploymentFailure("ELASTIC_LOAD_BALANCING_INVALID", $"The target group {missing} does not exist.");
        }

        var arns = names.ConvertAll(name => known[name]);
        return arns.Contains(primaryGroup)
            ? arns.Single(arn => arn != primaryGroup)
            : throw new DeploymentFailure("INVALID_ECS_SERVICE", "The target group of the service's primary task set is not one of the deployment group's target groups.");
    }

    /// <summary>The service role and the group still exist.</summary>
    /// <exception cref="DeploymentFailure"/>
    public async Task CheckRoleAsync(Deployment deployment, string role)
    {
        if (!records(deployment.Region).Groups.ContainsKey((deployment.Application, deployment.Group)))
        {
            throw new DeploymentFailure("DEPLOYMENT_GROUP_MISSING", $"The deployment group {deployment.Group} does not exist any more.");
        }

        try
        {
            using var iam = context.Records(deployment.Region);
            await iam.QueryAsync("iam", "GetRole", new JsonObject { ["RoleName"] = role[(role.LastIndexOf('/') + 1)..] }, context.Ending);
        }
        catch (AwsError error) when (error.Code.StartsWith("NoSuchEntity", StringComparison.Ordinal))
        {
            throw new DeploymentFailure("IAM_ROLE_MISSING", $"The service role {role} does not exist or AWS CodeDeploy cannot assume it.");
        }
    }

    /// <exception cref="DeploymentFailure"/>
    public async Task<AppSpec> ReadSpecAsync(Deployment deployment) => AppSpec.Parse(deployment.Revision.Text("revisionType") switch
    {
        "S3" => await ReadAsync(deployment.Region, deployment.Revision.Object("s3Location")),
        "String" => deployment.Revision.Object("string").Required("content"),
        _ => deployment.Revision.Object("appSpecContent").Required("content"),
    });

    private async Task<string> ReadAsync(string region, JsonObject location)
    {
        try
        {
            using var s3 = context.Caller("codedeploy", region);
            return Encoding.UTF8.GetString(await s3.S3BytesAsync($"/{location.Text("bucket")}/{location.Text("key")}", context.Ending));
        }
        catch (AwsError error)
        {
            throw new DeploymentFailure("REVISION_MISSING", $"The revision s3://{location.Text("bucket")}/{location.Text("key")} cannot be read: {error.Message}");
        }
    }
}

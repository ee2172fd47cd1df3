using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>Where a version's tasks log, those that ended too.</summary>
/// <param name="Name">As results call the version.</param>
/// <param name="Profile">Digest of the profile it was deployed with; null when that is not known.</param>
public sealed record VersionLog(string Name, string Group, LogSelection Streams, string? Profile = null)
{
    /// <summary>All of its streams, by their prefix.</summary>
    internal FilterLogEventsRequest Asked => new() { LogGroupName = Group, LogStreamNamePrefix = Streams.Prefix };

    /// <param name="definition">ARN, or revision.</param>
    /// <exception cref="ExpectedException">Exit 3: there is no such version, or its log lies elsewhere.</exception>
    public static async Task<VersionLog> OfDefinitionAsync(AwsSession session, string application, string definition, CancellationToken stop)
    {
        var version = await DeployedVersion.ReadAsync(session.Ecs, definition, stop)
            ?? throw new ExpectedException(ExitCode.Usage, $"there is no task definition {definition}", "`mldeploy status --target aws` shows those that run");
        var described = (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = version.TaskDefinition }, stop)).TaskDefinition;
        var place = LogPlace.Of(described, LogicalIds.Container);
        return new VersionLog(version.Id, place.Group, new LogSelection($"{place.Prefix}/", Versioned: place.Prefix != application, Container: place.Container), version.Profile);
    }
}

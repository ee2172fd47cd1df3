using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>Which log streams are of one version: `stable`, `candidate`, a label, an id, or a task definition's revision.</summary>
internal sealed class ArmLogs(AwsSession session, StandingApplication application, string group, CommandContext context)
{
    private const int MostNamed = 10;

    /// <exception cref="ExpectedException">There is no such version, or it has written nothing.</exception>
    public async Task<LogSelection> FindAsync(string version) =>
        await DefinitionAsync(version) is { } definition ? await OfDefinitionAsync(definition, version) : await OfStreamsAsync(version);

    /// <returns>The task definition that is meant; null for a label or an id, which many may have.</returns>
    /// <exception cref="ExpectedException">Nothing serves, or no deployment is under way.</exception>
    public async Task<string?> DefinitionAsync(string version) => version switch
    {
        "stable" or "candidate" => await ArmAsync(version),
        _ => version.Contains(':', StringComparison.Ordinal) ? version : null,
    };

    /// <returns>The arm's task definition.</returns>
    private async Task<string> ArmAsync(string arm)
    {
        var place = DeploymentPlace.Of(application);
        var running = await RunningDeployment.FindAsync(session, place, context.Clock, context.Stop);
        var serving = await new TrafficReader(session, place).ReadAsync(context.Stop);
        var candidate = running is { IsRollback: false } ? running.TaskDefinition : null;
        var found = arm == "candidate" ? candidate : serving.Groups.FirstOrDefault(group => group.TaskDefinition is not null && candidate is not null && group.TaskDefinition != candidate)?.TaskDefinition ?? serving.Live.TaskDefinition;
        return found ?? throw new ExpectedException(
            ExitCode.Usage,
            arm == "candidate" ? $"no deployment of {application.Name} is under way, so there is no candidate" : $"nothing serves {application.Name}",
            "name a version; `mldeploy history --target aws` lists them");
    }

    private async Task<LogSelection> OfDefinitionAsync(string definition, string named)
    {
        try
        {
            var described = (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = definition }, context.Stop)).TaskDefinition;
            var prefix = LogStreams.PrefixOf(described)
                ?? throw new ExpectedException(ExitCode.Usage, $"{named} does not log to CloudWatch Logs", "see the log driver in its task definition, which an override may have set");
            return new LogSelection($"{prefix}/", Versioned: prefix != application.Name);
        }
        catch (AwsServiceException absent) when (absent.Kind is AwsFailureKind.NotFound || absent.Code is "ClientException" or "InvalidParameterException")
        {
            throw new ExpectedException(ExitCode.Usage, $"there is no task definition {named}", "`mldeploy status --target aws` shows those that run", absent);
        }
    }

    /// <summary>A label means each content that was deployed under it; an id means one.</summary>
    private async Task<LogSelection> OfStreamsAsync(string version)
    {
        var prefix = LogStreams.Prefix(application.Name, version);
        var known = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var stream in session.Logs.LogStreamsAsync(new DescribeLogStreamsRequest { LogGroupName = group, LogStreamNamePrefix = $"{application.Name}/" }, context.Stop))
        {
            if (LogStreams.Read(stream.LogStreamName).Version is not { } written)
            {
                continue;
            }

            if (LogStreams.Prefix(application.Name, written) == prefix)
            {
                return new LogSelection($"{prefix}/", Versioned: true);
            }

            if (written.LastIndexOf('-') is > 0 and var dash && LogStreams.Prefix(application.Name, written[..dash]) == prefix)
            {
                return new LogSelection($"{prefix}-", Versioned: true);
            }

            known.Add(written);
        }

        throw new ExpectedException(
            ExitCode.Usage,
            $"{application.Name} has no log of version {version}",
            $"choose {(known.Count == 0 ? "" : $"one of {string.Join(", ", known.Reverse().Take(MostNamed))}, or ")}stable, candidate, or a task definition as `mldeploy status --target aws` shows it");
    }
}

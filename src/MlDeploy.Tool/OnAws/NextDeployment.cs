using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.OnAws;

/// <summary>What the next `deploy` would change, against what runs now rather than against what the stack was created with.</summary>
internal static class NextDeployment
{
    /// <summary>A plan whose part *applies at deploy* is about the task definition that serves.</summary>
    public static async Task<StackPlan> TellAsync(StackPlan plan, Rendering rendering, AwsSession session, CancellationToken stop)
    {
        try
        {
            if (await StandingApplication.FindAsync(session, rendering.Manifest.Name, stop) is not { } standing || await ServingAsync(standing, session, stop) is not { } serving)
            {
                return plan;
            }

            var changes = Changes(rendering, standing, serving);
            return plan with
            {
                AtDeploy = changes.IsEmpty ? [] : [new ResourceChange(LogicalIds.TaskDefinition, "AWS::ECS::TaskDefinition", ResourceAction.Change, changes, [])],
            };
        }
        catch (AwsServiceException denied) when (denied.Kind == AwsFailureKind.AccessDenied)
        {
            return plan with { Notes = plan.Notes.Add($"what runs now cannot be read ({denied.Service}.{denied.Action} is denied): what applies at deploy is told against the first task definition") };
        }
        catch (ExpectedException)
        {
            // An override names what only CloudFormation knows; `deploy` says so when it comes to it.
            return plan;
        }
    }

    private static ImmutableArray<PropertyChange> Changes(Rendering rendering, StandingApplication standing, DescribeTaskDefinitionResponse serving)
    {
        var manifest = rendering.Manifest;
        var stack = rendering.Stacks().Single(stack => stack.Kind == StackKind.Application);
        var outputs = standing.Stack.Outputs.Where(output => output is { OutputKey: not null, OutputValue: not null })
            .ToDictionary(output => output.OutputKey!, output => output.OutputValue!, StringComparer.Ordinal);
        var wanted = CandidateDefinition.Of(TaskDefinitionRequest.Of(stack, outputs, rendering.Facts), manifest.Name, ImmutableDictionary<string, string>.Empty);
        var byDigest = ImageReference.Parse(manifest.Application.Image!, out _)?.Digest is not null;
        return RunningTaskDefinition.Compare(
            serving.TaskDefinition, wanted, byDigest, serving.Tags.FirstOrDefault(tag => tag.Key == DeployedVersion.VersionTag)?.Value, manifest.Version);
    }

    /// <returns>Null when nothing serves.</returns>
    private static async Task<DescribeTaskDefinitionResponse?> ServingAsync(StandingApplication standing, AwsSession session, CancellationToken stop)
    {
        if (standing[StackOutputs.Cluster] is not { } cluster || standing[StackOutputs.Service] is not { } name)
        {
            return null;
        }

        var service = (await session.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Cluster = cluster, Services = [name] }, stop)).Services.FirstOrDefault();
        return service?.TaskSets.FirstOrDefault(set => set.Status == "PRIMARY")?.TaskDefinition is { } definition
            ? await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = definition, Include = ["TAGS"] }, stop)
            : null;
    }
}

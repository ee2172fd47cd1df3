using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Deploying.Versions;
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
    /// <param name="folder">The manifest's: what an image's path is meant from.</param>
    public static async Task<StackPlan> TellAsync(StackPlan plan, Rendering rendering, string folder, AwsSession session, CancellationToken stop)
    {
        try
        {
            if (await StandingApplication.FindAsync(session, rendering.Manifest.Name, stop) is not { } standing || await ServingAsync(standing, session, stop) is not { } serving)
            {
                return plan;
            }

            var wanted = Wanted(rendering, standing);
            var (before, after) = (Application(serving.TaskDefinition, wanted), Application(wanted, wanted));
            var image = await NextImage.LookAsync(rendering.Manifest.Application.Image!, folder, before?["image"]?.ToString(), session, stop);
            if (image.Text is not null && after is not null)
            {
                after["image"] = image.Text;
            }

            var changes = RunningTaskDefinition.Compare(
                serving.TaskDefinition, wanted, image.Text is not null, serving.Tags.FirstOrDefault(tag => tag.Key == DeployedVersion.VersionTag)?.Value, rendering.Manifest.Version);
            return plan with
            {
                Notes = image.Note is null ? plan.Notes : plan.Notes.Add(image.Note),
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

    /// <summary>As `deploy` would register it, with the image as the manifest writes it.</summary>
    private static JsonObject Wanted(Rendering rendering, StandingApplication standing)
    {
        var stack = rendering.Stacks().Single(stack => stack.Kind == StackKind.Application);
        var outputs = standing.Stack.Outputs.Where(output => output is { OutputKey: not null, OutputValue: not null })
            .ToDictionary(output => output.OutputKey!, output => output.OutputValue!, StringComparer.Ordinal);
        return CandidateDefinition.Of(TaskDefinitionRequest.Of(stack, outputs, rendering.Facts), rendering.Manifest.Name, ImmutableDictionary<string, string>.Empty);
    }

    /// <summary>The container of <paramref name="definition"/> that runs the manifest's image in <paramref name="wanted"/>: the first one; others come from overrides.</summary>
    private static JsonObject? Application(JsonObject definition, JsonObject wanted)
    {
        var name = (wanted["containerDefinitions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault()?["name"]?.ToString();
        return (definition["containerDefinitions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(container => container["name"]?.ToString() == name);
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

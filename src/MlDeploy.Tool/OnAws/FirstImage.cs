using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Processes;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnAws;

/// <summary>What the first tasks run: pushed to the application's registry when it is an image of this machine, else where it is.</summary>
internal static class FirstImage
{
    /// <summary>What the templates' tasks run on.</summary>
    private static readonly Platform Tasks = new("linux", "amd64");

    /// <param name="folder">The manifest's: what relative paths are meant from.</param>
    /// <returns>A reference by digest.</returns>
    /// <exception cref="ExpectedException">Exit 3: the image is not there or is damaged. Exit 7: the registry failed.</exception>
    public static async Task<string> DeliverAsync(AppManifest manifest, string folder, ProvisionedStack registry, AwsSession session, CommandContext context, CancellationToken stop)
    {
        var image = manifest.Application.Image!;
        var source = ImageSource.Parse(image, folder);
        if (source is ImageSource.Registry { Reference.Digest: not null })
        {
            return image;
        }

        var repository = registry.Stack.Outputs.FirstOrDefault(output => output.OutputKey == StackOutputs.RepositoryUri)?.OutputValue
            ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {registry.Stack.StackName} tells of no repository", $"a registry template of your own has the output {StackOutputs.RepositoryUri}");
        using var credentials = new EcrCredentials(session.Ecr, new DockerLogins(context.Surroundings.Variable));
        using var delivery = new ImageDelivery(credentials, new CommandRunner(context.Clock), folder, Environment(context), context.Clock, context.Surroundings.Random);
        var delivered = await delivery.DeliverAsync(new ImageRequest(source, repository, manifest.Version, Tasks), new Nothing(), stop);
        context.Progress.State(delivered.Outcome switch
        {
            DeliveryOutcome.Pushed => $"pushed {image} as {delivered.Reference}",
            DeliveryOutcome.AlreadyThere => $"image {delivered.Reference} is there already",
            _ => $"image {delivered.Reference}",
        });
        return delivered.Reference;
    }

    private static ImmutableSortedDictionary<string, string> Environment(CommandContext context) => ApplicationEnvironment.Compose(
        context.Surroundings.Variable, ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);

    private sealed class Nothing : IProgress<PushProgress>
    {
        public void Report(PushProgress value)
        {
        }
    }
}

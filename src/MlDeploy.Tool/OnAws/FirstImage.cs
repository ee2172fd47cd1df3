using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>What the first tasks run: pushed to the application's registry when it is an image of this machine, else where it is.</summary>
internal static class FirstImage
{
    /// <param name="folder">The manifest's: what relative paths are meant from.</param>
    /// <returns>A reference by digest.</returns>
    /// <exception cref="ExpectedException">Exit 3: the image is not there or is damaged. Exit 7: the registry failed.</exception>
    public static Task<string> DeliverAsync(AppManifest manifest, string folder, ProvisionedStack registry, AwsSession session, CommandContext context, CancellationToken stop)
    {
        var repository = registry.Stack.Outputs.FirstOrDefault(output => output.OutputKey == StackOutputs.RepositoryUri)?.OutputValue
            ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {registry.Stack.StackName} tells of no repository", $"a registry template of your own has the output {StackOutputs.RepositoryUri}");
        return ApplicationImage.DeliverAsync(manifest, folder, repository, session, context, stop);
    }
}

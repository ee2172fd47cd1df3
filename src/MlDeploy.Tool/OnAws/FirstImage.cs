using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>What the first tasks run: pushed to the application's registry when it is an image of this machine, else where it is.</summary>
internal static class FirstImage
{
    /// <returns>A reference by digest.</returns>
    public static Task<string?> DeliverAsync(AppManifest manifest, ProvisionedStack registry, AwsSession session, CommandContext context, CancellationToken stop) => Task.FromResult<string?>(null);
}

using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>What the first tasks run: pushed to the application's registry when it is an image of this machine, else where it is.</summary>
internal static class FirstImage
{
    /// <returns>A reference by digest.</returns>
    public static async Task<string?> DeliverAsync(AppManifest manifest, ProvisionedStack registry, AwsSession session, CommandContext context, CancellationToken stop)
    {
        var repository = registry.Stack.Outputs.FirstOrDefault(output => output.OutputKey == StackOutputs.RepositoryUri)?.OutputValue
            ?? throw new Core.Errors.ExpectedException(Core.Errors.ExitCode.Usage, $"the stack {registry.Stack.StackName} does not tell its {StackOutputs.RepositoryUri}", "a template of your own has to give the same outputs as ours");
        return (await ApplicationImage.DeliverAsync(manifest, repository, session, context, stop)).Reference;
    }
}

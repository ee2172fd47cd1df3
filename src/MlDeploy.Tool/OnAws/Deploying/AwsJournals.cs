using MlDeploy.Core.Errors;
using MlDeploy.Local.State;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.OnAws;

/// <summary>Where deployments to aws that this machine carried out have their journals and reports; what any machine sees is `history`.</summary>
internal static class AwsJournals
{
    /// <summary>Beside the local target's applications, where no application can be named so.</summary>
    private const string Folder = ".aws";

    public static ApplicationPaths Of(CommandContext context, string application)
    {
        var state = LocalTarget.Paths(context);
        PrivateFiles.CreateFolder(state.Root);
        PrivateFiles.CreateFolder(Path.Combine(state.Root, Folder));
        var paths = new ApplicationPaths(Path.Combine(state.Root, Folder, application));
        PrivateFiles.CreateFolder(paths.Folder);
        return paths;
    }

    /// <exception cref="ExpectedException">This machine has deployed nothing of that name.</exception>
    public static ApplicationPaths Existing(CommandContext context, string application)
    {
        var paths = new ApplicationPaths(Path.Combine(LocalTarget.Paths(context).Root, Folder, application));
        return Directory.Exists(paths.Deployments)
            ? paths
            : throw new ExpectedException(
                ExitCode.Usage, $"this machine has carried out no deployment of {application} to aws", "`mldeploy history --target aws` lists those of all machines");
    }
}

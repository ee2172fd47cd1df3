using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>What a command about training works with.</summary>
internal sealed record TrainingAccess(UsableManifest Usable, TrainingSettings Settings, AwsSession Session) : IDisposable
{
    /// <exception cref="ManifestRejectedException">The manifest has problems.</exception>
    /// <exception cref="ExpectedException">Exit 3: it says nothing of training. Exit 7: no region, no credentials.</exception>
    public static async Task<TrainingAccess> OpenAsync(ParseResult parse, CommandContext context)
    {
        TrainCommand.RefuseLocal(parse, context);
        var usable = await AwsAccess.ManifestAsync(parse, context);
        var settings = usable.Manifest.Training
            ?? throw new ExpectedException(ExitCode.Usage, $"{ManifestFile.Name(parse)} has no training", "add `training: { data: PATH }`; mlapp.reference.yaml shows all of its settings");
        return new TrainingAccess(usable, settings, await AwsAccess.OpenAsync(usable.Manifest.Targets.Aws, context));
    }

    public AppManifest Manifest => Usable.Manifest;

    public Task<TrainingPlace> PlaceAsync(CommandContext context) => TrainingPlace.ReadAsync(Session.CloudFormation, Manifest.Name, context.Stop);

    public void Dispose() => Session.Dispose();
}

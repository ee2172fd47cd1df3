using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>What a command about training works with.</summary>
internal sealed record TrainingAccess(AppManifest Manifest, TrainingSettings Settings, AwsSession Session) : IDisposable
{
    /// <exception cref="ManifestRejectedException">The manifest has problems.</exception>
    /// <exception cref="ExpectedException">Exit 3: it says nothing of training. Exit 7: no region, no credentials.</exception>
    public static async Task<TrainingAccess> OpenAsync(ParseResult parse, CommandContext context)
    {
        TrainCommand.RefuseLocal(parse, context);
        var manifest = await AwsAccess.ManifestAsync(parse, context);
        var settings = manifest.Training
            ?? throw new ExpectedException(ExitCode.Usage, $"{ManifestFile.Name(parse)} has no training", "add `training: { data: PATH }`; mlapp.reference.yaml shows all of its settings");
        return new TrainingAccess(manifest, settings, await AwsAccess.OpenAsync(manifest.Targets.Aws, context));
    }

    public Task<TrainingPlace> PlaceAsync(CommandContext context) => TrainingPlace.ReadAsync(Session.CloudFormation, Manifest.Name, context.Stop);

    public void Dispose() => Session.Dispose();
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>Before anything is touched: what the gates on the model judge against, and whether there is anything for them to read.</summary>
/// <param name="note">Tells what changes no state.</param>
public sealed class ModelEvidence(AwsSession session, DeploymentPlace place, TimeProvider clock, Action<string> note)
{
    /// <summary>What stable logged of late tells that it logs predictions, and where they lie.</summary>
    private static readonly TimeSpan OfLate = TimeSpan.FromHours(1);

    /// <summary>Pages that are read of it: three megabytes at most.</summary>
    private const int MostPages = 3;

    /// <summary>Digest of a profile, as the task definition is tagged with it; null for none.</summary>
    public static string? Digest(ProfileFile? profile) => profile is null ? null : Convert.ToHexStringLower(SHA256.HashData(profile.Bytes))[..12];

    /// <returns>What the gates on the model judge against.</returns>
    /// <exception cref="ExpectedException">Exit 3: a gate could never be judged.</exception>
    public async Task<ModelJudging> JudgingAsync(AppManifest manifest, ProfileFile? profile, DeployedVersion stable, CancellationToken stop)
    {
        try
        {
            var logged = await LoggedAsync(manifest, ModelJudging.Inputs(profile?.Profile, manifest.Monitoring.CaptureExclude), stable, stop);
            return ModelJudging.Of(manifest, profile, logged, profile is not null && stable.Profile == Digest(profile));
        }
        catch (AwsServiceException failure)
        {
            throw AwsFailures.AsExpected(failure);
        }
    }

    /// <returns>What stable was asked and answered of late.</returns>
    private async Task<WindowSketch> LoggedAsync(AppManifest manifest, ModelReference reference, DeployedVersion stable, CancellationToken stop)
    {
        var settings = CaptureSettings.From(manifest)!;
        var definition = (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = stable.TaskDefinition }, stop)).TaskDefinition;
        var log = LogPlace.Of(definition, LogicalIds.Container);
        var tasks = new ArmTasks(session.Ecs, place.Cluster);
        await tasks.RefreshAsync([stable.TaskDefinition], stop);
        var (reader, window, pages) = (new PredictionLineReader(settings, reference), new WindowSketch(), 0);
        var now = clock.GetUtcNow();
        var running = tasks.Of(stable.TaskDefinition);
        var slice = running.IsEmpty ? null : await LogSlice.ReadAsync(session.Logs, log.Streams(running), PredictionLineReader.MarkOf(settings.Inputs), now - OfLate, now, () => pages++ < MostPages, stop);
        foreach (var line in slice?.Lines ?? [])
        {
            if (reader.Read(Encoding.UTF8.GetBytes(line.Message), out var prediction) == LineKind.Prediction)
            {
                prediction!.AddTo(window, settings.Range);
            }
        }

        if (window.Rows == 0)
        {
            TellNothing(manifest, stable, log, PredictionLineFormat.Advice(settings, reference));
        }

        return window;
    }

    /// <exception cref="ExpectedException">A gate needs what stable predicts.</exception>
    private void TellNothing(AppManifest manifest, DeployedVersion stable, LogPlace log, string advice)
    {
        var nothing = string.Create(CultureInfo.InvariantCulture, $"stable ({stable.Id}) has logged no prediction in the last {OfLate.TotalMinutes:0} minutes (log group {log.Group})");
        if (manifest.Rollout.Gates.FirstOrDefault(gate => gate.Metric == "model.prediction.drift") is { } compares)
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"{nothing}, and the gate {compares.Id} compares with what it predicts",
                $"deploy a version that logs its predictions first, without that gate: {advice}");
        }

        note($"{nothing}: the candidate is judged against the profile alone");
    }
}

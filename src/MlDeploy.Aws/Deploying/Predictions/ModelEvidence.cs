using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
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

    /// <returns>The order with what its model is judged against; as it was when no gate is on the model.</returns>
    /// <exception cref="ExpectedException">Exit 3: a gate could never be judged.</exception>
    public async Task<CandidateOrder> ForAsync(CandidateOrder order, ProfileFile? profile, CancellationToken stop)
    {
        var manifest = order.Manifest;
        if (!ModelJudging.IsAsked(manifest))
        {
            return order;
        }

        try
        {
            LogPlace.Of(order.Definition ?? await DefinitionAsync(order.TaskDefinition!, stop), order.Container);
            var logged = await LoggedAsync(order, ModelJudging.Inputs(profile?.Profile, manifest.Monitoring.CaptureExclude), stop);
            var judging = ModelJudging.Of(manifest, profile, logged, profile is not null && order.Stable.Profile == Digest(profile));
            return order with { Model = judging, Plan = order.Plan with { Model = judging.Yardstick } };
        }
        catch (AwsServiceException failure)
        {
            throw AwsFailures.AsExpected(failure);
        }
    }

    /// <returns>What stable was asked and answered of late.</returns>
    private async Task<WindowSketch> LoggedAsync(CandidateOrder order, Core.Model.Distances.ModelReference reference, CancellationToken stop)
    {
        var settings = CaptureSettings.From(order.Manifest)!;
        var stable = LogPlace.Of(await DefinitionAsync(order.Stable.TaskDefinition, stop), order.Container);
        var tasks = new ArmTasks(session.Ecs, place);
        await tasks.RefreshAsync(stop);
        var (reader, window, pages) = (new PredictionLineReader(settings, reference), new WindowSketch(), 0);
        var now = clock.GetUtcNow();
        var streams = stable.Streams(tasks.Of(order.Stable.TaskDefinition));
        var slice = streams.IsEmpty ? null : await LogSlice.ReadAsync(session.Logs, stable.Group, streams, PredictionLineReader.MarkOf(settings.Inputs), now - OfLate, now, () => pages++ < MostPages, stop);
        foreach (var line in slice?.Lines ?? [])
        {
            if (reader.Read(Encoding.UTF8.GetBytes(line.Message), out var prediction) == LineKind.Prediction)
            {
                prediction!.AddTo(window, settings.Range);
            }
        }

        if (window.Rows == 0)
        {
            TellNothing(order, stable, PredictionLineFormat.Advice(settings, reference));
        }

        return window;
    }

    /// <exception cref="ExpectedException">A gate needs what stable predicts.</exception>
    private void TellNothing(CandidateOrder order, LogPlace stable, string advice)
    {
        var nothing = string.Create(CultureInfo.InvariantCulture, $"stable ({order.Stable.Id}) has logged no prediction in the last {OfLate.TotalMinutes:0} minutes (log group {stable.Group})");
        if (order.Manifest.Rollout.Gates.FirstOrDefault(gate => gate.Metric == "model.prediction.drift") is { } compares)
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"{nothing}, and the gate {compares.Id} compares with what it predicts",
                $"deploy a version that logs its predictions first, without that gate: {advice}");
        }

        note($"{nothing}: the candidate is judged against the profile alone");
    }

    private async Task<JsonObject> DefinitionAsync(string taskDefinition, CancellationToken stop) =>
        (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = taskDefinition }, stop)).TaskDefinition;
}

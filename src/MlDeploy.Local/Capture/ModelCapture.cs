using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Capture.Logs;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Capture;

/// <summary>One application's capture: a queue and its thread, the arms that are counted, and what is kept of them. Without a model there is none of it.</summary>
internal sealed class ModelCapture(ApplicationPaths paths, TimeProvider clock, HostLog log) : IDisposable
{
    /// <summary>So much is lost at most when the host is killed.</summary>
    public static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(15);

    /// <summary>What stable answered in this time tells where predictions lie.</summary>
    private static readonly TimeSpan OfLate = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private readonly List<ArmCapture> arms = [];
    private readonly WindowStore windows = new(paths, clock, log);
    private CaptureQueue? queue;
    private LogFollower? follower;
    private ITimer? saving;

    /// <summary>A version's capture; null when it has no model.</summary>
    public ArmCapture? Of(StoredVersion version)
    {
        if (CaptureSettings.From(version.Manifest) is not { } settings)
        {
            return null;
        }

        lock (gate)
        {
            queue ??= new CaptureQueue(exchange => exchange.Arm.Count(exchange), log.Write, clock);
            saving ??= clock.CreateTimer(_ => Save(), null, SaveEvery, SaveEvery);
            var arm = new ArmCapture(version.Id, settings, ModelJudging.Inputs(TryProfile(version.Id)?.Profile, settings.Exclude), queue, clock, Rows(version)) { Log = FollowedArm.PathOf(version.Manifest, paths, version.Id) };
            arms.Add(arm);
            if (arm.Log is { } path)
            {
                follower ??= new LogFollower(log);
                follower.Follow(new FollowedArm(arm, path, paths.LogPlaces(version.Id)));
            }

            return arm;
        }
    }

    /// <summary>What a version's model was asked and answered in a span of time; null when nothing is kept.</summary>
    public WindowSketch? Between(string version, DateTimeOffset from, DateTimeOffset to)
    {
        Save();
        return windows.Between(version, from, to);
    }

    /// <summary>The same without what was counted since the last save, so that looking often writes nothing.</summary>
    public WindowSketch? Saved(string version, DateTimeOffset from) => windows.Since(version, from);

    /// <summary>What a version's inputs are compared with; null without a profile.</summary>
    public ModelReference? Reference(StoredVersion version) =>
        TryProfile(version.Id) is { } profile ? ModelJudging.Inputs(profile.Profile, version.Manifest.Monitoring.CaptureExclude) : null;

    /// <summary>Its requests have drained.</summary>
    public void Forget(ArmCapture? arm)
    {
        if (arm is null)
        {
            return;
        }

        lock (gate)
        {
            arms.Remove(arm);
            follower?.ReadRest(arm);
            Save(arm);
            follower?.Forget(arm);
        }
    }

    /// <summary>Keeps the profile a version is deployed with, for restarts and rollbacks.</summary>
    public void Keep(string version, ProfileFile? profile)
    {
        if (profile is not null)
        {
            PrivateFiles.Replace(paths.Profile(version), profile.Bytes);
        }
    }

    /// <summary>What a rollout is judged against; null when no gate judges the model.</summary>
    /// <param name="stable">The version that serves; null on a first deployment.</param>
    /// <exception cref="ExpectedException">Exit 3: a gate could never be judged.</exception>
    public ModelJudging? Judging(AppManifest manifest, ProfileFile? profile, string? stable)
    {
        if (!ModelJudging.IsAsked(manifest))
        {
            return null;
        }

        Save();
        var other = stable is null ? null : TryProfile(stable);
        var answered = stable is null ? null : windows.Since(stable, clock.GetUtcNow() - OfLate) ?? new WindowSketch();
        return ModelJudging.Of(manifest, profile, answered, profile is not null && other is not null && profile.Bytes.AsSpan().SequenceEqual(other.Bytes));
    }

    /// <summary>The same after a restart: in the bins that stand in the journal.</summary>
    public ModelJudging? JudgingAgain(StoredVersion version, ModelYardstick? yardstick)
    {
        if (yardstick is null)
        {
            return null;
        }

        var reference = ModelJudging.Inputs(TryProfile(version.Id)?.Profile, version.Manifest.Monitoring.CaptureExclude);
        if (yardstick is { PredictionFrom: PredictionBins.Stable or PredictionBins.Range, Prediction: { Kind: FeatureKind.Number } prediction })
        {
            reference = reference.WithPrediction(new ReferenceFeature(prediction.Name, prediction.Kind, new FeatureSketch(prediction.Kind), prediction.Partition(), prediction.Missing));
        }

        return new ModelJudging(reference, yardstick);
    }

    /// <summary>Writes down what was counted since the last time.</summary>
    public void Save()
    {
        lock (gate)
        {
            arms.ForEach(Save);
        }

        DeleteOldRows();
    }

    /// <summary>Rows whose time is over, of whatever version.</summary>
    public void DeleteOldRows()
    {
        try
        {
            RowStore.DeleteOldOfAll(paths.Rows, clock.GetUtcNow());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Write($"old rows could not be deleted: {failure.Message}");
        }
    }

    public void Dispose()
    {
        saving?.Dispose();
        queue?.Dispose();
        follower?.Dispose();
        Save();
    }

    private RowStore? Rows(StoredVersion version)
    {
        var monitoring = version.Manifest.Monitoring;
        return monitoring.CaptureKeepRows == 0 ? null : new RowStore(
            Path.Combine(paths.Rows, version.Id), monitoring.CaptureKeepRows, monitoring.CaptureKeepRowsFor, ModelJudging.PredictionName(version.Manifest.Model!), clock, log);
    }

    private void Save(ArmCapture arm)
    {
        if (follower is null || arm.Log is null)
        {
            windows.Add(arm.Version, arm.TakeLasting());
            return;
        }

        follower.Between(arm, followed =>
        {
            windows.Add(arm.Version, arm.TakeLasting());
            followed?.Save(log);
        });
    }

    private ProfileFile? TryProfile(string version)
    {
        try
        {
            return File.Exists(paths.Profile(version)) ? ModelProfiles.Read(paths.Profile(version), $"the profile of version {version}", ExitCode.TargetFailed) : null;
        }
        catch (ExpectedException damaged)
        {
            log.Write(damaged.Message);
            return null;
        }
    }
}

using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Report;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Control;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>What `status` shows: weights as read back from the gateway, not as they were asked for.</summary>
internal sealed class StatusReader(
    string name, ReleaseRecord releases, VersionStore versions, ServingSet serving, TrafficTotals traffic, HostEnvironment environment, DriftWatch drift)
{
    public ApplicationStatus Read(LocalDeployment? running)
    {
        var inForce = serving.ReadBack();
        var arms = new[] { (Version: serving.Stable, Role: "stable", Weight: inForce?.Stable is null ? 0 : 1 - inForce.Weight),
            (Version: serving.Candidate, Role: "candidate", Weight: inForce is not null && inForce.Candidate == serving.Candidate?.Arm.Label ? inForce.Weight : 0) };
        var serves = arms.Where(arm => arm.Version is not null).Select(arm => Status(arm.Version!, arm.Role, arm.Weight)).ToImmutableArray();
        var previous = releases.Previous
            .Select(versions.TryRead)
            .OfType<StoredVersion>()
            .Where(version => serves.All(arm => arm.Id != version.Id))
            .Select(version => new VersionStatus(version.Id, version.Record.Label, "previous", 0, "stopped", null, null, 0, version.Record.CreatedAt, null));
        return new ApplicationStatus(
            name, serving.Door.Gateway?.Address.ToString() ?? "", serving.Door.Gateway is not null, [.. serves, .. previous], traffic.Read(), running is null ? null : Status(running), Model());
    }

    private ModelStatus? Model()
    {
        if (serving.Stable is not { Arm.Capture: { } capture, Version.Manifest.Model: { } model } stable)
        {
            return null;
        }

        var watched = stable.Version.Manifest.Monitoring.Drift is not null && drift.Last?.Version == stable.Id ? drift.Last : null;
        return new ModelStatus(model.Name, model.Version, MetricsReader.Age(model, environment.Clock), capture.Taken, capture.Dropped, capture.Unparsable, watched);
    }

    private VersionStatus Status(ServedVersion version, string role, double weight) => new(
        version.Id,
        version.Version.Record.Label,
        role,
        weight,
        version.State?.Phase.ToString().ToLowerInvariant() ?? "starting",
        version.State?.Running?.Process.Pid,
        version.State?.Port,
        version.State?.Restarts ?? 0,
        version.State?.Since ?? environment.Clock.GetUtcNow(),
        version.State?.Reason is { } reason ? Redaction.Of(reason, versions.Secrets(version.Id).Values) : null);

    private static DeploymentStatus Status(LocalDeployment deployment) => new(
        deployment.Number,
        deployment.Opened.Candidate,
        Verdicts.Name(deployment.State.Phase),
        Math.Min(deployment.State.Step + 1, Math.Max(1, deployment.Opened.Plan.Steps.Length - 1)),
        Math.Max(1, deployment.Opened.Plan.Steps.Length - 1),
        deployment.State.Weight,
        deployment.Opened.At,
        deployment.Opened.Holder,
        deployment.Opened.RunUrl,
        deployment.State.Reason);
}

/// <summary>What `metrics` shows of each arm, since its recorder was opened.</summary>
internal static class MetricsReader
{
    public static ApplicationMetrics Read(string name, ServingSet serving, TimeProvider clock, DriftLook? drift) => new(
        name,
        clock.GetUtcNow(),
        [.. new[] { (Version: serving.Stable, Role: "stable"), (Version: serving.Candidate, Role: "candidate") }
            .Where(arm => arm.Version is not null)
            .Select(arm => Read(arm.Version!, arm.Role, clock))],
        drift);

    public static double? Age(ModelSettings? model, TimeProvider clock) => model?.TrainedAt is { } trained ? Math.Max(0, (clock.GetUtcNow() - trained).TotalSeconds) : null;

    public static ArmMetrics Read(ServedVersion version, string role, TimeProvider clock)
    {
        var now = version.Arm.Answered;
        var process = version.Supervisor.Read();
        return new ArmMetrics(
            version.Id,
            role,
            now.Requests,
            now.Failures,
            now.Requests == 0 ? null : (double)now.Failures / now.Requests,
            now.Latency.Quantile(0.50)?.TotalMilliseconds,
            now.Latency.Quantile(0.95)?.TotalMilliseconds,
            now.Latency.Quantile(0.99)?.TotalMilliseconds,
            process.Cpu.TotalSeconds,
            process.Memory,
            process.Restarts,
            Age(version.Version.Manifest.Model, clock),
            version.Arm.Capture?.Taken,
            version.Arm.Capture?.Dropped,
            version.Arm.Capture?.Unparsable);
    }
}

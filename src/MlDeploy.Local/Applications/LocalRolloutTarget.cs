using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.External;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Probing;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>The rollout's port on this machine: processes behind the gateway.</summary>
internal sealed class LocalRolloutTarget(
    StoredVersion candidate, AppManifest manifest, VersionStore versions, ServingSet serving, HostEnvironment environment, HttpClient http, ModelJudging? model, Action promoted)
    : IRolloutTarget, IAsyncDisposable
{
    private ExternalMeter? external;
    private readonly ModelMeter modelMeter = new(manifest.Rollout.Gates, model?.Yardstick, manifest.Model?.TrainedAt);
    private ServiceMeter? meter;
    private Judge? judge;

    public Task StartCandidateAsync(CancellationToken cancel) => serving.StartCandidateAsync(candidate, cancel);

    public async Task<string?> TestCandidateAsync(PreTrafficTest test, CancellationToken cancel) =>
        await RunTestAsync(test, cancel) is { } failure ? Redacted(failure) : null;

    private async Task<string?> RunTestAsync(PreTrafficTest test, CancellationToken cancel)
    {
        if (serving.Candidate?.Url is not { } url)
        {
            return "the candidate no longer runs";
        }

        if (test.Http is not null)
        {
            return await HttpTester.RunAsync(http, url, test, cancel).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        var result = await environment.Commands.RunAsync(
            new CommandRequest(test.Command, candidate.SnapshotFolder, CommandEnvironment(), test.Timeout), cancel);
        return result switch
        {
            { TimedOut: true } => $"{test.Command[0]} did not end within {Words.Of(test.Timeout)}",
            { ExitCode: 0 } => null,
            { ExitCode: null } => result.Error,
            _ => $"{test.Command[0]} ended with {result.ExitCode}: {LastLine(result.Error.Length > 0 ? result.Error : result.Output)}",
        };
    }

    public Task<IReadOnlyList<MissingMeasurement>> CheckEvidenceAsync(CancellationToken cancel) => External().CheckAsync(cancel);

    public Task<double> SetWeightAsync(double weight, CancellationToken cancel) => Task.FromResult(serving.SetWeight(weight));

    public TimeSpan BeginStep(Judge judge)
    {
        this.judge = judge;
        modelMeter.BeginStep();
        serving.BeginStep(modelMeter.HasGates ? model : null);
        External().Begin();
        meter ??= new ServiceMeter(judge.Plan.Gates, manifest.Application.Resources, judge.Plan.UserUnits);
        if (serving.Read() is { } now)
        {
            meter.BeginStep(now, IsWarm);
        }
        return TimeSpan.Zero;
    }

    public Task<IReadOnlyList<Measurement>> MeasureAsync(CancellationToken cancel)
    {
        IReadOnlyList<Measurement> service = serving.Read() is { } now ? meter!.Measure(now, IsWarm, judge!) : [];
        var (asked, stable) = modelMeter.HasGates ? serving.ReadCapture() : (null, null);
        return Task.FromResult<IReadOnlyList<Measurement>>([.. service, .. External().Take(), .. modelMeter.Measure(environment.Clock.GetUtcNow(), asked, stable)]);
    }

    public async Task<RolloutEvent> RestoreStableAsync(CancellationToken cancel)
    {
        serving.PutBackLeftover();
        var stable = serving.Stable;
        if (stable is null)
        {
            serving.RemoveCandidate();
            return serving.ReadBack() is { Stable: null, Candidate: null } or null
                ? new StableVerified(null)
                : new StableNotVerified("the gateway still routes to a version", "unknown", "run `mldeploy status`");
        }

        // Traffic is not sent back to a stable version that is broken while the candidate answers.
        if (!stable.IsHealthy && serving.Candidate is { IsHealthy: true } alive)
        {
            var inForce = serving.ReadBack()?.Weight ?? 0;
            return new StableNotVerified(
                $"stable {stable.Id} is {stable.State?.Phase.ToString().ToLowerInvariant()} too, so traffic was left where it is",
                $"{alive.Id} {Words.Percent(inForce)}, {stable.Id} {Words.Percent(1 - inForce)}",
                "read `mldeploy logs`, then deploy a version that works, or run `mldeploy rollback --to VERSION`");
        }

        serving.RemoveCandidate();
        var health = await StableIsHealthyAsync(stable, cancel) is { } sick ? Redaction.Of(sick, versions.Secrets(stable.Id).Values) : null;
        return serving.ReadBack() switch
        {
            { Candidate: null, Stable: { } label } when label == stable.Arm.Label && health is null => new StableVerified(stable.Id),
            var inForce => new StableNotVerified(
                health ?? "the gateway does not route to stable alone",
                $"{inForce?.Stable ?? "nothing"} 100 %",
                "read `mldeploy logs`; the host keeps restarting stable, `mldeploy status` shows when it is healthy"),
        };
    }

    public Task CompletePromotionAsync(CancellationToken cancel)
    {
        serving.Promote();
        promoted();
        return serving.ReadBack() is { Candidate: null, Stable: { } label } && label == candidate.Id
            ? Task.CompletedTask
            : throw new ExpectedException(
                ExitCode.TargetFailed, $"{candidate.Id} is promoted, but the gateway does not route all traffic to it", "run `mldeploy status` to see what serves, and `mldeploy host restart`");
    }

    public async ValueTask DisposeAsync()
    {
        if (external is not null)
        {
            await external.DisposeAsync();
        }
    }

    /// <summary>Null when it is healthy, now or within the time a start may take.</summary>
    private static async Task<string?> StableIsHealthyAsync(ServedVersion stable, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(stable.Version.Manifest.Application.Health.StartWithin);
        try
        {
            var settled = await stable.Supervisor.WhenSettledAsync(patience.Token);
            return settled.Phase == Supervision.InstancePhase.Healthy ? null : $"stable {stable.Id} is {settled.Phase.ToString().ToLowerInvariant()}: {settled.Reason}";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"stable {stable.Id} was not healthy within {Words.Of(stable.Version.Manifest.Application.Health.StartWithin)}";
        }
    }

    private string Redacted(string text) => Redaction.Of(text, versions.Secrets(candidate.Id).Values);

    private bool IsWarm => serving.CandidateServesSince is { } since && environment.Clock.GetElapsedTime(since) >= manifest.Rollout.Warmup;

    private ExternalMeter External() => external ??= new ExternalMeter(
        manifest.Rollout.Gates, new ExternalSources(http, environment.Commands, candidate.SnapshotFolder, CommandEnvironment()), environment.Clock);

    private ImmutableSortedDictionary<string, string> CommandEnvironment() => ApplicationEnvironment
        .Compose(name => candidate.Record.BaseEnvironment.GetValueOrDefault(name), manifest.Application.Environment, ImmutableSortedDictionary<string, string>.Empty)
        .SetItem("MLDEPLOY_CANDIDATE_URL", serving.Candidate?.Url?.ToString().TrimEnd('/') ?? "")
        .SetItem("MLDEPLOY_CANDIDATE_VERSION", candidate.Id);

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1].Trim();
}

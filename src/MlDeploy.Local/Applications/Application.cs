using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Capture.Logs;
using MlDeploy.Local.Control;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Notifications;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;
using MlDeploy.Local.Supervision;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>One application on this host: its versions, what serves, and the one deployment that may be under way.</summary>
internal sealed class Application : IDisposable
{
    private readonly ApplicationPaths paths;
    private readonly HostEnvironment environment;
    private readonly VersionStore versions;
    private readonly ReleaseRecord releases;
    private readonly ServingSet serving;
    private readonly TrafficTotals traffic;
    private readonly DeploymentLane lane;
    private readonly Notifier notifier;
    private readonly DriftWatch drift;
    private readonly ITimer housekeeping;
    private readonly Lazy<ApplicationDashboard> dashboard;
    private bool destroyed;
    private int keeping;

    public Application(string name, HostEnvironment environment, SupervisionContext supervision, HttpClient http)
    {
        Name = name;
        this.environment = environment;
        paths = environment.Paths.Application(name);
        versions = new VersionStore(paths, environment.Paths, environment.Clock);
        releases = new ReleaseRecord(name, paths, versions, environment.Log);
        serving = new ServingSet(paths, versions, environment, supervision);
        traffic = new TrafficTotals(paths, environment.Clock, () => serving.Door.Totals, environment.Log);
        notifier = new Notifier(environment, http);
        lane = new DeploymentLane(name, paths, versions, releases, serving, environment, http, Tell);
        drift = new DriftWatch(name, paths, serving.Capture, environment, news => Tell(serving.Stable?.Version, NotificationKind.Drift, news));
        dashboard = new Lazy<ApplicationDashboard>(() => new ApplicationDashboard(this, paths, serving, environment));
        housekeeping = environment.Clock.CreateTimer(_ => KeepHouse(), null, HouseEvery, HouseEvery);
    }

    private static readonly TimeSpan HouseEvery = TimeSpan.FromSeconds(10);

    public string Name { get; }

    /// <summary>Whether anything was ever deployed here.</summary>
    public bool Exists => releases.LastDeployment > 0;

    public bool IsDeploying => lane.Running is not null;

    /// <summary>Takes up what an earlier host left: serves stable at once, then ends what was under way as its journal and policy say.</summary>
    public async Task RecoverAsync()
    {
        serving.Capture.DeleteOldRows();
        var left = serving.Running.Left();
        var replayed = lane.ReplayLast();
        if (replayed is { Opened: { } promoted, State.Phase: Phase.Promoted })
        {
            // The journal is the commit point; the record may not have followed.
            releases.Promoted(promoted.Candidate);
        }

        RunningInstance? Recorded(string? version) => left.FirstOrDefault(instance => instance.Version == version)?.Running;
        if (releases.Stable is { } id)
        {
            var stable = versions.Read(id);
            if (Recorded(id) is null)
            {
                // Nothing to adopt: whatever still runs of it would be in the way, and nobody would know it.
                await serving.Running.EndStraysAsync(adopted: []);
            }

            serving.StartStable(stable, Recorded(id));
            await serving.Door.OpenPersistentlyAsync(stable.Manifest);
            traffic.Start();
        }

        // After an unsafe end the candidate may be all that answers: it goes on until somebody decides.
        if (replayed is { Opened: { } last, State: { Phase: Phase.Unsafe } unsafely }
            && Recorded(last.Candidate) is { } serves && versions.TryRead(last.Candidate) is { } leftover)
        {
            serving.ContinueCandidate(leftover, serves, unsafely.Weight);
        }

        await serving.Running.EndStraysAsync(serving.Running.Ids);
        if (replayed is { Opened: { } opened, State: { IsFinal: false } state })
        {
            lane.Resume(opened, state);
        }
    }

    public async Task<DeployAccepted> DeployAsync(DeployRequest request)
    {
        var read = ManifestReader.ReadCanonical(request.Manifest);
        var manifest = read.Manifest ?? throw new ExpectedException(
            ExitCode.Usage, $"the manifest that reached the host is not valid: {read.Problems[0].Path} {read.Problems[0].Message}", "run `mldeploy validate`");
        if (manifest.Name != Name)
        {
            throw new ExpectedException(ExitCode.Usage, $"the manifest is of {manifest.Name}, not of {Name}", "deploy it under its own name");
        }

        var profile = ModelProfiles.Read(manifest);
        return await lane.PrepareAsync(async number =>
        {
            if (destroyed)
            {
                throw new ExpectedException(ExitCode.LeaseHeld, $"{Name} has just been destroyed", "deploy again");
            }

            // Gates that could never be judged, and an address that is taken, are found before anything is made.
            var model = serving.Capture.Judging(manifest, profile, releases.Stable);
            await serving.Door.OpenAsync(manifest);
            var stable = releases.Stable is { } id ? versions.TryRead(id)?.Record : null;
            var (version, notes) = versions.Create(request, manifest, number, CancellationToken.None);
            if (version.Id == stable?.Id)
            {
                return await KeepAsync(stable, version, notes);
            }

            SharedLog.Refuse(manifest, releases.Stable is { } serves ? versions.TryRead(serves)?.Manifest : null);
            serving.Capture.Keep(version.Id, profile);
            traffic.Start();
            return lane.Begin(number, new DeploymentOrder(version, manifest, request.Holder, request.RunUrl, [.. notes, .. serving.Door.Changes(manifest), .. model?.Notes ?? []], model));
        });
    }

    public Task<DeployAccepted> RollbackAsync(RollbackRequest request) => lane.PrepareAsync(number =>
    {
        var version = versions.Read(releases.FindPrevious(request.To, serving.Candidate?.Id));
        // The version was judged when it was deployed: it only has to be healthy to take over at once.
        var settings = version.Manifest.Rollout with { Strategy = Strategy.AllAtOnce, Steps = [], Bake = TimeSpan.Zero, Tests = [] };
        var manifest = version.Manifest with { Rollout = settings };
        return Task.FromResult(lane.Begin(
            number, new DeploymentOrder(version, manifest, request.Holder, request.RunUrl, [$"rollback to {version.Id}, asked for by {request.Holder}"], Model: null)));
    });

    /// <summary>Passes a wish on to the running deployment.</summary>
    public DeployAccepted Steer(string verb, SteerRequest request)
    {
        if (lane.Running is not { } deployment)
        {
            return verb == Steering.Promote
                ? throw new ExpectedException(ExitCode.Usage, $"no deployment of {Name} is under way", "begin one with `mldeploy deploy`")
                : new DeployAccepted(null, releases.Stable ?? "", releases.Stable, [$"no deployment of {Name} is under way: nothing to do"]);
        }

        if (verb == Steering.Promote && deployment.State.Phase is not (Phase.Judging or Phase.Baking or Phase.Paused))
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"deployment {deployment.Number} of {Name} is {Verdicts.Name(deployment.State.Phase)}: there is nothing to promote yet",
                "wait until traffic reaches the candidate; `mldeploy status` shows it");
        }

        var before = deployment.LastEntry;
        deployment.Steer(verb switch
        {
            Steering.Promote when request.Full => new PromoteRequested(request.By),
            Steering.Promote => new AdvanceRequested(request.By),
            Steering.Abort => new AbortRequested(request.By),
            _ => new Interrupted(request.Signal ?? "SIGINT"),
        });
        return new DeployAccepted(deployment.Number, deployment.Opened.Candidate, releases.Stable, [], before);
    }

    public ApplicationStatus Status() => new StatusReader(Name, releases, versions, serving, traffic, environment, drift).Read(lane.Running);

    public ApplicationMetrics Metrics() => MetricsReader.Read(Name, serving, environment.Clock, serving.Stable?.Version.Manifest.Monitoring.Drift is null || drift.Last?.Version != serving.Stable.Id ? null : drift.Last);

    /// <summary>Costs nothing until the host's dashboard is opened.</summary>
    public ApplicationDashboard Dashboard => dashboard.Value;

    /// <inheritdoc cref="ApplicationDashboard.Read"/>
    public ApplicationView View() => Dashboard.Read(lane.Running);

    /// <summary>Writes down what was captured so far, for whoever reads the state.</summary>
    public void SaveCapture() => serving.Capture.Save();

    /// <inheritdoc cref="DeploymentLane.FollowAsync"/>
    public IAsyncEnumerable<JournalEntry> FollowAsync(int number, long after, CancellationToken cancel) => lane.FollowAsync(number, after, cancel);

    /// <summary>Ends everything and removes it.</summary>
    /// <exception cref="ExpectedException">A deployment is under way.</exception>
    public Task DestroyAsync() => lane.AloneAsync(async () =>
    {
        await StopAsync();
        destroyed = true;
        releases.Forget();
        RemoveFolder();
    });

    public async Task StopAsync()
    {
        await lane.AbandonAsync();
        await traffic.StopAsync();
        await serving.StopAsync();
        await notifier.DisposeAsync();
    }

    /// <summary>Ends the gateway and lets the versions run, for the next host to adopt.</summary>
    public async Task LetGoAsync()
    {
        await lane.AbandonAsync();
        await traffic.StopAsync();
        await serving.LetGoAsync();
        await notifier.DisposeAsync();
    }

    public void Dispose()
    {
        housekeeping.Dispose();
        lane.Dispose();
    }

    /// <summary>Nothing of it may harm what serves.</summary>
    private void KeepHouse()
    {
        if (Interlocked.Exchange(ref keeping, 1) != 0)
        {
            return;
        }

        try
        {
            serving.Capture.DeleteOldRows();
            if (lane.Running is null && !destroyed)
            {
                drift.Look(serving.Stable?.Version);
            }
        }
        catch (Exception failure)
        {
            environment.Log.Write($"{Name}: {failure}");
        }
        finally
        {
            Volatile.Write(ref keeping, 0);
        }
    }

    /// <summary>Never waits and never fails: a rollout goes on whoever is told.</summary>
    private void Tell(StoredVersion? version, NotificationKind kind, Notification news)
    {
        try
        {
            if (version is not { } known || known.Manifest.Notifications is not { } asked || !asked.On.Contains(kind))
            {
                return;
            }

            var seen = ApplicationEnvironment.Compose(
                variable => known.Record.BaseEnvironment.GetValueOrDefault(variable), known.Manifest.Application.Environment, ImmutableSortedDictionary<string, string>.Empty);
            var receivers = new Receivers(versions.Webhooks(known.Id), asked.Command, asked.On, known.SnapshotFolder, seen);
            if (receivers.AreTold(kind))
            {
                notifier.Tell(news, receivers);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            environment.Log.Write($"{Name}: nobody was told: {news.Text} ({failure.GetType().Name})");
        }
    }

    /// <summary>Out of the way at once, so that half of an application is never left where one is looked for.</summary>
    private void RemoveFolder()
    {
        var doomed = Path.Combine(environment.Paths.Root, $".destroyed-{Name}-{environment.Clock.GetUtcNow().UtcTicks}");
        try
        {
            Directory.Move(paths.Folder, doomed);
            Directory.Delete(doomed, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"{Name} has ended, but not all of its files could be removed: {failure.Message}", $"remove {doomed} (or {paths.Folder}) by hand", failure);
        }
    }

    /// <summary>The version serves already. What does not make another version (an address, gates, steps) is taken over.</summary>
    private async Task<DeployAccepted> KeepAsync(VersionRecord before, StoredVersion version, ImmutableArray<string> notes)
    {
        if (serving.Stable is not { IsHealthy: true })
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"{version.Id} is stable already, but it is not healthy", "read `mldeploy logs`, then deploy a version that works or `mldeploy rollback`");
        }

        var changes = serving.Door.Changes(version.Manifest).ToArray();
        try
        {
            await serving.Door.MoveAsync(version.Manifest);
        }
        catch (ExpectedException)
        {
            versions.Write(before);
            throw;
        }

        var settings = before.Manifest == version.Record.Manifest ? "nothing to do" : "its settings were taken over";
        return new DeployAccepted(null, version.Id, version.Id, [.. notes, $"{version.Id} serves already: {settings}", .. changes]);
    }
}

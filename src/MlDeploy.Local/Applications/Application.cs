using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Control;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;
using MlDeploy.Local.Supervision;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>One application on this host: its versions, what serves, and the one deployment that may be under way.</summary>
internal sealed class Application : IDisposable
{
    /// <summary>Versions kept for `rollback` besides the one that serves.</summary>
    private const int PreviousKept = 5;

    private readonly ApplicationPaths paths;
    private readonly HostEnvironment environment;
    private readonly HttpClient http;
    private readonly VersionStore versions;
    private readonly DeploymentStore deployments;
    private readonly ServingSet serving;
    private readonly TrafficTotals traffic;
    private readonly SemaphoreSlim preparing = new(1, 1);
    private volatile LocalDeployment? running;
    private ExpectedException? lastFailure;
    private ApplicationRecord record;

    public Application(string name, HostEnvironment environment, SupervisionContext supervision, HttpClient http)
    {
        Name = name;
        this.environment = environment;
        this.http = http;
        paths = environment.Paths.Application(name);
        record = ApplicationRecord.Read(paths) ?? ApplicationRecord.New(name);
        versions = new VersionStore(paths, environment.Paths, environment.Clock);
        deployments = new DeploymentStore(paths, environment.Clock);
        serving = new ServingSet(paths, versions, environment, supervision);
        traffic = new TrafficTotals(paths, environment.Clock, () => serving.Totals, environment.Log);
    }

    public string Name { get; }

    /// <summary>Whether anything was ever deployed here.</summary>
    public bool Exists => record.LastDeployment > 0;

    public bool IsDeploying => running is not null;

    /// <summary>Takes up what an earlier host left: serves stable at once, then ends what was under way as its journal and policy say.</summary>
    public async Task RecoverAsync()
    {
        var left = new InstanceRecords(paths).Read();
        var replayed = ReplayLast();
        if (replayed is { Opened: { } promoted, State.Phase: Phase.Promoted } && record.Stable != promoted.Candidate)
        {
            Promoted(promoted.Candidate);
        }

        if (record.Stable is { } id)
        {
            await ServeAsync(versions.Read(id), left.FirstOrDefault(instance => instance.Version == id)?.Running);
        }

        await serving.EndStrayAsync(left.Where(instance => instance.Version != record.Stable));
        if (replayed is { Opened: { } opened, State: { IsFinal: false } state })
        {
            environment.Log.Write($"{Name}: deployment {opened.Deployment} was {state.Phase} when the host ended");
            Resume(opened, state);
        }
    }

    /// <summary>A damaged journal ends nothing that serves: it is told, and left for whoever looks at it.</summary>
    private ReplayedJournal ReplayLast()
    {
        try
        {
            return JournalReplay.Replay(record.LastDeployment > 0 ? deployments.Read(record.LastDeployment) : []);
        }
        catch (ExpectedException damaged)
        {
            environment.Log.Write($"{Name}: {damaged.Message}. {damaged.Remedy}");
            return new ReplayedJournal(null, null, []);
        }
    }

    public async Task<DeployAccepted> DeployAsync(DeployRequest request)
    {
        var read = ManifestReader.ReadCanonical(request.Manifest);
        var manifest = read.Manifest ?? throw new ExpectedException(
            ExitCode.Usage, $"the manifest that reached the host is not valid: {read.Problems[0].Path} {read.Problems[0].Message}", "run `mldeploy validate`");
        return await PrepareAsync(async number =>
        {
            var stable = record.Stable is { } id ? versions.TryRead(id)?.Record : null;
            var (version, notes) = versions.Create(request, manifest, number, CancellationToken.None);
            if (version.Id == stable?.Id)
            {
                return await KeepAsync(stable, version, notes);
            }

            await serving.ListenAsync(manifest);
            Begin(number, version, manifest, RolloutPlan.For(manifest.Rollout, firstDeployment: record.Stable is null), request.Holder, request.RunUrl, notes);
            return new DeployAccepted(number, version.Id, record.Stable, notes);
        });
    }

    /// <summary>The version serves already. What does not make another version (an address, gates, steps) is taken over.</summary>
    private async Task<DeployAccepted> KeepAsync(VersionRecord before, StoredVersion version, ImmutableArray<string> notes)
    {
        if (serving.Stable is not { IsHealthy: true })
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"{version.Id} is stable already, but it is not healthy", "read `mldeploy logs`, then deploy a version that works or `mldeploy rollback`");
        }

        try
        {
            await serving.ListenElsewhereAsync(version.Manifest);
        }
        catch (ExpectedException)
        {
            versions.Write(before);
            throw;
        }

        var settings = before.Manifest == version.Record.Manifest ? "nothing to do" : "its settings were taken over";
        return new DeployAccepted(null, version.Id, version.Id, [.. notes, $"{version.Id} serves already: {settings}"]);
    }

    public Task<DeployAccepted> RollbackAsync(RollbackRequest request) => PrepareAsync(number =>
    {
        var version = versions.Read(FindPrevious(request.To));
        // The version was judged when it was deployed: it only has to be healthy to take over at once.
        var settings = version.Manifest.Rollout with { Strategy = Strategy.AllAtOnce, Steps = [], Bake = TimeSpan.Zero, Tests = [] };
        var manifest = version.Manifest with { Rollout = settings };
        Begin(number, version, manifest, RolloutPlan.For(settings, firstDeployment: record.Stable is null), request.Holder, request.RunUrl, []);
        return Task.FromResult(new DeployAccepted(number, version.Id, record.Stable, []));
    });

    /// <summary>Passes a wish on to the running deployment.</summary>
    public DeployAccepted Steer(string verb, SteerRequest request)
    {
        if (running is not { } deployment)
        {
            return verb == Steering.Promote
                ? throw new ExpectedException(ExitCode.Usage, $"no deployment of {Name} is under way", "begin one with `mldeploy deploy`")
                : new DeployAccepted(null, record.Stable ?? "", record.Stable, [$"no deployment of {Name} is under way: nothing to do"]);
        }

        if (verb == Steering.Promote && deployment.State.Phase is not (Phase.Judging or Phase.Baking or Phase.Paused))
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"deployment {deployment.Number} of {Name} is {Core.Report.Verdicts.Name(deployment.State.Phase)}: there is nothing to promote yet",
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
        return new DeployAccepted(deployment.Number, deployment.Opened.Candidate, record.Stable, [], before);
    }

    public ApplicationStatus Status() => new StatusReader(Name, record, versions, serving, traffic, environment).Read(running);

    public ApplicationMetrics Metrics() => MetricsReader.Read(Name, serving, environment.Clock);

    /// <summary>A deployment's journal from an entry on, as it grows.</summary>
    /// <exception cref="ExpectedException">There is no such deployment, or it ended without being able to say so in its journal.</exception>
    public async IAsyncEnumerable<JournalEntry> FollowAsync(
        int number, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        if (!File.Exists(paths.Journal(number)))
        {
            throw new ExpectedException(ExitCode.Usage, $"{Name} has no deployment {number}", "`mldeploy history` lists them");
        }

        var following = running is { } now && now.Number == number ? now : null;
        await foreach (var entry in JournalFollower.FollowAsync(paths.Journal(number), after, () => running is { } mine && mine.Number == number ? mine : null, cancel))
        {
            yield return entry;
        }

        if (following is { State.IsFinal: false } && lastFailure is { } failure)
        {
            throw failure;
        }
    }

    public async Task DestroyAsync()
    {
        await preparing.WaitAsync();
        try
        {
            if (running is { } deployment)
            {
                throw deployment.Held();
            }

            await StopAsync();
            record = ApplicationRecord.New(Name);
            Directory.Delete(paths.Folder, recursive: true);
        }
        finally
        {
            preparing.Release();
        }
    }

    public async Task StopAsync()
    {
        await AbandonAsync();
        await traffic.StopAsync();
        await serving.StopAsync();
    }

    public async Task LetGoAsync()
    {
        await AbandonAsync();
        await traffic.StopAsync();
        await serving.LetGoAsync();
    }

    public void Dispose() => preparing.Dispose();

    private async Task AbandonAsync()
    {
        if (running is { } deployment)
        {
            await deployment.AbandonAsync();
        }
    }

    /// <summary>Takes the lease while a deployment is prepared; whoever finds it taken is told by whom.</summary>
    private async Task<DeployAccepted> PrepareAsync(Func<int, Task<DeployAccepted>> prepare)
    {
        if (!await preparing.WaitAsync(TimeSpan.Zero))
        {
            throw running?.Held() ?? new ExpectedException(
                ExitCode.LeaseHeld, $"another deployment of {Name} is just being prepared", "wait for it (`mldeploy status`)");
        }

        try
        {
            if (running is { } deployment)
            {
                throw deployment.Held();
            }

            lastFailure = null;
            PrivateFiles.CreateFolder(paths.Folder);
            var accepted = await prepare(deployments.Next(record.LastDeployment));
            traffic.Start();
            return accepted;
        }
        finally
        {
            preparing.Release();
        }
    }

    private void Begin(int number, StoredVersion version, AppManifest manifest, RolloutPlan plan, string holder, string? runUrl, ImmutableArray<string> notes)
    {
        Save(record with { LastDeployment = number });
        var journal = deployments.Open(number);
        try
        {
            var opened = journal.Append(
                (seq, at) => new OpenedEntry(
                    seq, at, JournalFormat.Schema, number, Name, version.Id, record.Stable, version.Record.Manifest, plan, holder, runUrl, environment.Self.ToolVersion),
                durable: true);
            foreach (var note in notes)
            {
                journal.Append((seq, at) => new NoteEntry(seq, at, note), durable: false);
            }

            Run(opened, journal, version, manifest, RolloutState.Initial(opened.At), new Begun());
        }
        catch (IOException full)
        {
            journal.Dispose();
            throw new ExpectedException(
                ExitCode.TargetFailed, $"the journal of deployment {number} cannot be written: {full.Message}", "free space on the disk of the state folder, then deploy again", full);
        }
    }

    private void Resume(OpenedEntry opened, RolloutState state)
    {
        if (versions.TryRead(opened.Candidate) is not { } version)
        {
            environment.Log.Write($"{Name}: the candidate {opened.Candidate} is gone; deployment {opened.Deployment} stays unfinished");
            return;
        }

        // As it was asked for then: the version may have been deployed before, with other gates.
        var manifest = ManifestReader.ReadCanonical(opened.Manifest).Manifest ?? version.Manifest;
        Run(opened, deployments.Open(opened.Deployment), version, manifest, state, new HostRestarted());
    }

    private void Run(OpenedEntry opened, JournalWriter journal, StoredVersion version, AppManifest manifest, RolloutState state, RolloutEvent first)
    {
        var target = new LocalRolloutTarget(version, manifest, serving, environment, http, () => Promoted(version.Id));
        var runner = new RolloutRunner(manifest, opened.Plan, target, journal, environment.Clock);
        serving.UseStickiness(manifest.Rollout.Stickiness, (ulong)opened.At.UtcTicks);
        var deployment = new LocalDeployment(opened, journal, runner);
        running = deployment;
        deployment.Begin(state, first, rollout => EndAsync(deployment, target, manifest, rollout));
    }

    /// <summary>What follows a rollout, however it ended.</summary>
    private async Task EndAsync(LocalDeployment deployment, LocalRolloutTarget target, AppManifest manifest, Task<RolloutState> rollout)
    {
        try
        {
            try
            {
                if ((await rollout).Phase == Phase.Promoted)
                {
                    await serving.ListenElsewhereAsync(manifest);
                }
            }
            catch (OperationCanceledException)
            {
                // Abandoned: the next host takes it up.
            }
            catch (Exception failure)
            {
                await FailAsync(deployment, target, failure);
            }

            await target.DisposeAsync();
            if (deployments.WriteReport(deployment.Number) is { } reportProblem)
            {
                environment.Log.Write(reportProblem);
            }
        }
        finally
        {
            // Whatever happened: a lease that nobody can give back would be worse.
            running = null;
            deployment.Dispose();
        }

        _ = CleanUpAsync();
    }

    /// <summary>The rollout itself could not go on, most likely because its journal cannot be written: stable is put back without it.</summary>
    private async Task FailAsync(LocalDeployment deployment, LocalRolloutTarget target, Exception failure)
    {
        environment.Log.Write($"{Name}: deployment {deployment.Number} cannot go on: {failure}");
        if (deployment.State.Phase == Phase.Promoted)
        {
            lastFailure = new ExpectedException(ExitCode.TargetFailed, $"{deployment.Opened.Candidate} is promoted, but: {failure.Message}", "see `mldeploy status`", failure);
            return;
        }

        var restored = await target.RestoreStableAsync(CancellationToken.None);
        if (deployment.TryConclude($"the deployment cannot go on: {failure.Message}", restored))
        {
            return;
        }

        lastFailure = restored is StableNotVerified unverified
            ? new ExpectedException(ExitCode.Unsafe, $"the deployment cannot go on ({failure.Message}), and stable is not verified: {unverified.Reason}. Serving: {unverified.Serving}", unverified.Remedy, failure)
            : new ExpectedException(
                ExitCode.TargetFailed,
                $"the deployment cannot go on: {failure.Message}; {deployment.Opened.Stable ?? "nothing"} is verified serving",
                "free space on the disk of the state folder if it is full, then deploy again; the host's log has the details (`mldeploy host status`)",
                failure);
    }

    private void Promoted(string version)
    {
        if (record.Stable == version)
        {
            return;
        }

        var previous = record.Previous.Where(id => id != version && id != record.Stable);
        Save(record with { Stable = version, Previous = [.. record.Stable is { } old ? previous.Prepend(old).Take(PreviousKept) : previous] });
    }

    /// <summary>Removes what is left of versions that nobody needs any more, once they have drained.</summary>
    private async Task CleanUpAsync()
    {
        await serving.WhenRetiredAsync();
        await preparing.WaitAsync();
        try
        {
            if (running is null && Exists)
            {
                versions.Keep(record.Previous.Append(record.Stable).OfType<string>().ToHashSet(StringComparer.Ordinal));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ExpectedException)
        {
            environment.Log.Write($"{Name}: old versions could not be removed: {failure.Message}");
        }
        finally
        {
            preparing.Release();
        }
    }

    private async Task ServeAsync(StoredVersion stable, RunningInstance? adopt)
    {
        serving.StartStable(stable, adopt);
        try
        {
            await serving.ListenAsync(stable.Manifest);
        }
        catch (ExpectedException busy)
        {
            environment.Log.Write($"{Name}: {busy.Message}. {busy.Remedy}");
            _ = ListenLaterAsync(stable.Manifest);
        }

        traffic.Start();
    }

    /// <summary>Someone holds our port: keep asking for it, a lost gateway is an outage.</summary>
    private async Task ListenLaterAsync(AppManifest manifest)
    {
        while (!serving.IsListening)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), environment.Clock);
            try
            {
                await serving.ListenAsync(manifest);
                environment.Log.Write($"{Name}: listening again on {manifest.Targets.Local.Listen}");
            }
            catch (ExpectedException)
            {
                // Still taken.
            }
        }
    }

    private string FindPrevious(string? wanted)
    {
        var choices = record.Previous;
        if (wanted is null)
        {
            return choices is [var newest, ..] ? newest : throw NoSuchVersion("no version served before the present one");
        }

        var matches = choices.Where(id => id == wanted || versions.TryRead(id)?.Record.Label == wanted).ToImmutableArray();
        return matches is [var found, ..] ? found
            : record.Stable is { } stable && (stable == wanted || versions.TryRead(stable)?.Record.Label == wanted) ? throw NoSuchVersion($"{wanted} serves already")
            : throw NoSuchVersion($"there is no version {wanted} to go back to");
    }

    private ExpectedException NoSuchVersion(string message) => new(
        ExitCode.Usage, message, record.Previous.IsEmpty ? "deploy the version you want" : $"choose one of {string.Join(", ", record.Previous)}, or deploy the version you want");

    private void Save(ApplicationRecord changed)
    {
        PrivateFiles.Replace(paths.Record, changed, StateJson.Default.ApplicationRecord);
        record = changed;
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Control;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Notifications;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>What a deployment was asked to do.</summary>
/// <param name="Manifest">As it is rolled out; a rollback leaves out steps and tests of the version's own.</param>
/// <param name="Notes">Told in the journal.</param>
/// <param name="Model">What its model is judged against; null without gates on the model.</param>
internal sealed record DeploymentOrder(StoredVersion Version, AppManifest Manifest, string Holder, string? RunUrl, ImmutableArray<string> Notes, ModelJudging? Model);

/// <summary>The one lane deployments of an application run in: the lease, what is under way, and what follows when it ends.</summary>
internal sealed class DeploymentLane(
    string application, ApplicationPaths paths, VersionStore versions, ReleaseRecord releases, ServingSet serving, HostEnvironment environment, HttpClient http, Action<StoredVersion, NotificationKind, Notification> tell)
    : IDisposable
{
    private readonly DeploymentStore deployments = new(paths, environment.Clock);
    private readonly SemaphoreSlim preparing = new(1, 1);
    private volatile LocalDeployment? running;
    private ExpectedException? lastFailure;

    /// <summary>Null when none is under way.</summary>
    public LocalDeployment? Running => running;

    /// <summary>Takes the lease while a deployment is prepared; whoever finds it taken is told by whom.</summary>
    public async Task<DeployAccepted> PrepareAsync(Func<int, Task<DeployAccepted>> prepare)
    {
        if (!await preparing.WaitAsync(TimeSpan.Zero))
        {
            throw running?.Held() ?? new ExpectedException(
                ExitCode.LeaseHeld, $"another deployment of {application} is just being prepared", "wait for it (`mldeploy status`)");
        }

        try
        {
            if (running is { } deployment)
            {
                throw deployment.Held();
            }

            lastFailure = null;
            PrivateFiles.CreateFolder(paths.Folder);
            return await prepare(deployments.Next(releases.LastDeployment));
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <summary>Does something that no deployment may run beside.</summary>
    public async Task AloneAsync(Func<Task> work)
    {
        await preparing.WaitAsync();
        try
        {
            if (running is { } deployment)
            {
                throw deployment.Held();
            }

            await work();
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <summary>Opens the journal and sets the rollout going.</summary>
    /// <exception cref="ExpectedException">The journal cannot be written: nothing has begun.</exception>
    public DeployAccepted Begin(int number, DeploymentOrder order)
    {
        var plan = RolloutPlan.For(order.Manifest.Rollout, firstDeployment: releases.Stable is null) with { Model = order.Model?.Yardstick };
        releases.Begun(number);
        var journal = deployments.Open(number);
        try
        {
            var opened = journal.Append(
                (seq, at) => new OpenedEntry(
                    seq, at, JournalFormat.Schema, number, application, order.Version.Id, releases.Stable, order.Version.Record.Manifest, plan,
                    order.Holder, order.RunUrl, environment.Self.ToolVersion),
                durable: true);
            foreach (var note in order.Notes)
            {
                journal.Append((seq, at) => new NoteEntry(seq, at, note), durable: false);
            }

            tell(order.Version, NotificationKind.Deployment, DeploymentNews.Started(opened));
            Run(opened, journal, order.Version, order.Manifest, order.Model, RolloutState.Initial(opened.At), new Begun());
            return new DeployAccepted(number, order.Version.Id, releases.Stable, order.Notes);
        }
        catch (IOException full)
        {
            journal.Dispose();
            throw new ExpectedException(
                ExitCode.TargetFailed, $"the journal of deployment {number} cannot be written: {full.Message}", "free space on the disk of the state folder, then deploy again", full);
        }
    }

    /// <summary>What the newest journal says. A damaged one ends nothing that serves: it is told, and left for whoever looks at it.</summary>
    public ReplayedJournal ReplayLast()
    {
        try
        {
            return JournalReplay.Replay(releases.LastDeployment > 0 ? deployments.Read(releases.LastDeployment) : []);
        }
        catch (ExpectedException damaged)
        {
            environment.Log.Write($"{application}: {damaged.Message}. {damaged.Remedy}");
            return new ReplayedJournal(null, null, []);
        }
    }

    /// <summary>Goes on with what an earlier host left unfinished, as its journal and policy say.</summary>
    public void Resume(OpenedEntry opened, RolloutState state)
    {
        environment.Log.Write($"{application}: deployment {opened.Deployment} was {state.Phase} when the host ended");
        if (versions.TryRead(opened.Candidate) is not { } version)
        {
            Close(opened, state);
            return;
        }

        // As it was asked for then: the version may have been deployed before, with other gates.
        var manifest = ManifestReader.ReadCanonical(opened.Manifest).Manifest ?? version.Manifest;
        Run(opened, deployments.Open(opened.Deployment), version, manifest, serving.Capture.JudgingAgain(version, opened.Plan.Model), state, new HostRestarted());
    }

    /// <summary>A deployment's journal from an entry on, as it grows.</summary>
    /// <exception cref="ExpectedException">There is no such deployment, or it ended without being able to say so in its journal.</exception>
    public async IAsyncEnumerable<JournalEntry> FollowAsync(int number, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!File.Exists(paths.Journal(number)))
        {
            throw new ExpectedException(ExitCode.Usage, $"{application} has no deployment {number}", "`mldeploy history` lists them");
        }

        LocalDeployment? Mine() => running is { } now && now.Number == number ? now : null;
        var following = Mine();
        await foreach (var entry in JournalFollower.FollowAsync(paths.Journal(number), after, Mine, cancel))
        {
            yield return entry;
        }

        if (following is not null && lastFailure is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Stops driving what is under way, without a trace: the next host takes it up.</summary>
    public Task AbandonAsync() => running?.AbandonAsync() ?? Task.CompletedTask;

    public void Dispose() => preparing.Dispose();

    private void Run(OpenedEntry opened, JournalWriter journal, StoredVersion version, AppManifest manifest, ModelJudging? model, RolloutState state, RolloutEvent first)
    {
        var target = new LocalRolloutTarget(version, manifest, versions, serving, environment, http, model, () => releases.Promoted(version.Id));
        var runner = new RolloutRunner(manifest, opened.Plan, target, journal, environment.Clock);
        serving.UseStickiness(manifest.Rollout.Stickiness, (ulong)opened.At.UtcTicks);
        var deployment = new LocalDeployment(opened, journal, runner, entry =>
        {
            if (entry is TransitionEntry { State.Phase: Phase.Paused } paused)
            {
                tell(version, NotificationKind.Deployment, DeploymentNews.Paused(opened, paused.State, paused.At));
            }
        });
        running = deployment;
        deployment.Begin(state, first, rollout => EndAsync(deployment, target, version, manifest, rollout));
    }

    /// <summary>Ends a journal whose candidate is gone: stable serves, there is nothing left to put back.</summary>
    private void Close(OpenedEntry opened, RolloutState state)
    {
        using var journal = deployments.Open(opened.Deployment);
        foreach (var happened in (RolloutEvent[])[new TargetFailed($"the files of {opened.Candidate} are gone"), new StableVerified(releases.Stable)])
        {
            state = journal.Append((seq, at) => new TransitionEntry(seq, at, happened, RolloutMachine.Next(opened.Plan, state, happened, at)), durable: true).State;
        }
    }

    /// <summary>What follows a rollout, however it ended.</summary>
    private async Task EndAsync(LocalDeployment deployment, LocalRolloutTarget target, StoredVersion version, AppManifest manifest, Task<RolloutState> rollout)
    {
        try
        {
            try
            {
                if ((await rollout).Phase == Phase.Promoted)
                {
                    await serving.Door.MoveAsync(manifest);
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
            serving.EndSteps();
            if (deployments.WriteReport(deployment.Number) is { } reportProblem)
            {
                environment.Log.Write(reportProblem);
            }

            if (DeploymentNews.Ended(deployment.Opened, deployment.State, lastFailure?.Message, environment.Clock.GetUtcNow()) is { } news)
            {
                tell(version, NotificationKind.Deployment, news);
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
        environment.Log.Write($"{application}: deployment {deployment.Number} cannot go on: {failure}");
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

    /// <summary>Removes what is left of versions that nobody needs any more, once they have drained.</summary>
    private async Task CleanUpAsync()
    {
        await serving.Running.WhenRetiredAsync();
        await preparing.WaitAsync();
        try
        {
            if (running is null && releases.LastDeployment > 0)
            {
                releases.Prune(serving.Running.Ids);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ExpectedException)
        {
            environment.Log.Write($"{application}: old versions could not be removed: {failure.Message}");
        }
        finally
        {
            preparing.Release();
        }
    }
}

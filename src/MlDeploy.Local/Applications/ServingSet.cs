using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;
using MlDeploy.Local.Supervision;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>What serves what: the gateway, stable, the candidate and its weight. The only place that changes routes.</summary>
internal sealed class ServingSet(ApplicationPaths paths, VersionStore versions, HostEnvironment environment, SupervisionContext supervision)
{
    private readonly Lock gate = new();
    private readonly InstanceRecords records = new(paths);
    private readonly List<ServedVersion> running = [];
    private readonly List<Task> retiring = [];
    private readonly FrontDoor door = new(paths, environment);
    private double weight;
    private ServedVersion? leftover;
    private double leftoverWeight;
    private Stickiness? stickiness;
    private ulong salt;

    public ServedVersion? Stable { get; private set; }

    public ServedVersion? Candidate { get; private set; }

    /// <summary>Timestamp of the clock when the candidate got its first production traffic; null before. Monotonic: a clock that is set does not end a warm-up.</summary>
    public long? CandidateServesSince { get; private set; }

    /// <summary>Where requests arrive.</summary>
    public FrontDoor Door => door;

    public GatewayReading? ReadBack() => door.Gateway?.ReadBack();

    /// <summary>How users are told apart during a rollout.</summary>
    public void UseStickiness(Stickiness? by, ulong rolloutSalt)
    {
        lock (gate)
        {
            (stickiness, salt) = (by, rolloutSalt);
        }
    }

    /// <summary>Runs a version as stable, without waiting for its health; adopts its process when there is one.</summary>
    public void StartStable(StoredVersion version, RunningInstance? adopt)
    {
        lock (gate)
        {
            Stable = Run(version, adopt, proven: true);
        }

        Route();
    }

    /// <summary>
    /// Runs a version as candidate, without traffic, and waits until it is healthy. What an unsafe end left serving beside a broken
    /// stable goes on serving until this candidate gets its first traffic.
    /// </summary>
    /// <exception cref="ExpectedException">It never became healthy.</exception>
    public async Task StartCandidateAsync(StoredVersion version, CancellationToken cancel)
    {
        lock (gate)
        {
            if (Candidate?.Id != version.Id)
            {
                (leftover, leftoverWeight) = (Candidate, weight);
                (Candidate, weight, CandidateServesSince) = (Run(version, null), 0, null);
            }
        }

        Route();
        var state = await Candidate.Supervisor.WhenSettledAsync(cancel);
        if (state.Phase != InstancePhase.Healthy)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"{version.Id} never became healthy: {Redaction.Of(state.Reason ?? "it was stopped", versions.Secrets(version.Id).Values)}",
                state.Remedy ?? "read its log with `mldeploy logs`");
        }
    }

    /// <returns>The weight read back from the routes that requests meet.</returns>
    public double SetWeight(double asked)
    {
        ServedVersion? leaving;
        lock (gate)
        {
            (leaving, leftover) = (leftover, null);
            weight = asked;
            if (asked > 0)
            {
                CandidateServesSince ??= environment.Clock.GetTimestamp();
            }
        }

        Route();
        Retire(leaving);
        return ReadBack() is { } inForce && inForce.Candidate == Candidate?.Arm.Label ? inForce.Weight : 0;
    }

    public void BeginStep() => door.Gateway?.BeginStep();

    public TargetReading? Read() => Candidate is { } candidate && door.Gateway is { } front
        ? new TargetReading(environment.Clock.GetUtcNow(), candidate.Read(front.CandidateUsers), Stable?.Read(front.StableUsers))
        : null;

    /// <summary>A candidate that never got traffic makes way for what served before it; otherwise nothing changes.</summary>
    public void PutBackLeftover()
    {
        ServedVersion? leaving;
        lock (gate)
        {
            if (leftover is null)
            {
                return;
            }

            leaving = Candidate;
            (Candidate, weight, leftover) = (leftover, leftoverWeight, null);
        }

        Route();
        Retire(leaving);
    }

    /// <summary>Takes the candidate out of traffic and ends it once its requests have drained, in the background.</summary>
    public void RemoveCandidate()
    {
        ServedVersion? leaving;
        lock (gate)
        {
            (leaving, Candidate, weight, CandidateServesSince) = (Candidate, null, 0, null);
        }

        Route();
        Retire(leaving);
    }

    /// <summary>The candidate becomes stable; the version before it drains and ends in the background.</summary>
    public void Promote()
    {
        ServedVersion? leaving;
        lock (gate)
        {
            if (Candidate is null)
            {
                return;
            }

            (leaving, Stable, Candidate, weight, CandidateServesSince) = (Stable, Candidate, null, 0, null);
        }

        Route();
        Retire(leaving);
    }

    /// <summary>Waits for versions that are on their way out.</summary>
    public Task WhenRetiredAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(retiring);
        }
    }

    /// <summary>Versions that have a process, whatever their part.</summary>
    public ImmutableArray<string> Running
    {
        get
        {
            lock (gate)
            {
                return [.. running.Select(version => version.Id)];
            }
        }
    }

    /// <summary>What an earlier host wrote down as running. A file that cannot be read is told: processes are then found by their cookies.</summary>
    public ImmutableArray<InstanceRecord> Left()
    {
        try
        {
            return records.Read();
        }
        catch (ExpectedException unreadable)
        {
            environment.Log.Write(unreadable.Message);
            return [];
        }
    }

    /// <summary>Goes on with a candidate that an unsafe end left serving.</summary>
    public void ContinueCandidate(StoredVersion version, RunningInstance adopt, double share)
    {
        lock (gate)
        {
            (Candidate, weight) = (Run(version, adopt), share);
        }

        Route();
    }

    /// <summary>Ends processes of this application that an earlier host left and that are not adopted: found by the cookie each of them carries.</summary>
    public async Task EndStraysAsync(ImmutableArray<string> adopted)
    {
        var kept = adopted.Select(version => InstanceRecords.CookieOf(paths, version)).ToHashSet(StringComparer.Ordinal);
        foreach (var cookie in supervision.Processes.Instances().Keys.Where(cookie => InstanceRecords.IsOf(paths, cookie) && !kept.Contains(cookie)))
        {
            environment.Log.Write($"ending what is left of {cookie}");
            await new ProcessTree(cookie, supervision.Processes, environment.Clock).StopAsync(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Ends everything: versions, then the gateway.</summary>
    public async Task StopAsync()
    {
        PutBackLeftover();
        RemoveCandidate();
        ServedVersion? leaving;
        lock (gate)
        {
            (leaving, Stable) = (Stable, null);
        }

        Route();
        Retire(leaving);
        await WhenRetiredAsync();
        await door.CloseAsync();
    }

    /// <summary>Lets go of running versions, for the next host to adopt.</summary>
    public async Task LetGoAsync()
    {
        ImmutableArray<ServedVersion> left;
        lock (gate)
        {
            left = [.. running];
        }

        foreach (var version in left)
        {
            await version.Supervisor.DisposeAsync();
        }

        await door.CloseAsync();
    }

    /// <param name="proven">It has served before: it is started again for ever instead of being given up.</param>
    private ServedVersion Run(StoredVersion version, RunningInstance? adopt, bool proven = false)
    {
        var application = version.Manifest.Application;
        PrivateFiles.CreateFolder(paths.Logs);
        var spec = new InstanceSpec
        {
            Cookie = InstanceRecords.CookieOf(paths, version.Id),
            Command = application.Command,
            WorkingDirectory = version.SnapshotFolder,
            Environment = ApplicationEnvironment.Compose(
                name => version.Record.BaseEnvironment.GetValueOrDefault(name), application.Environment, versions.Secrets(version.Id)),
            LogFile = paths.VersionLog(version.Id),
            Health = application.Health,
            Drain = application.Drain,
            Proven = proven,
        };
        var served = new ServedVersion(version, new GatewayArm(version.Id, application.RequestTimeout));
        running.Add(served);
        served.Supervisor = adopt is null
            ? Supervisor.Start(spec, supervision, state => Changed(served, state))
            : Supervisor.Adopt(spec, adopt, supervision, state => Changed(served, state));
        return served;
    }

    private void Changed(ServedVersion version, InstanceState state)
    {
        version.State = state;
        environment.Log.Write($"{version.Id}: {state.Phase}{(state.Running is { } process ? $", process {process.Process.Pid}, port {process.Port}" : "")}");
        Route();
        Record();
    }

    private void Route()
    {
        lock (gate)
        {
            door.SetRoutes(new GatewayRoutes
            {
                Stable = Stable?.Route,
                Candidate = (leftover ?? Candidate)?.Route,
                Weight = leftover is not null ? leftoverWeight : Candidate is null ? 0 : weight,
                Stickiness = stickiness,
                StickinessSalt = salt,
            });
        }
    }

    private void Record()
    {
        lock (gate)
        {
            try
            {
                records.Write(running);
            }
            catch (ExpectedException failure)
            {
                // Serving goes on; only a crash of the host would then find an outdated record, and cookies still tell its processes.
                environment.Log.Write(failure.Message);
            }
        }
    }

    private void Retire(ServedVersion? leaving)
    {
        if (leaving is null)
        {
            return;
        }

        lock (gate)
        {
            retiring.RemoveAll(task => task.IsCompleted);
            retiring.Add(RetireAsync(leaving));
        }
    }

    private async Task RetireAsync(ServedVersion leaving)
    {
        var drain = leaving.Version.Manifest.Application.Drain;
        if (door.Gateway is { } front && await front.DrainAsync(leaving.Arm, drain) is > 0 and var left)
        {
            environment.Log.Write($"{leaving.Id}: {left} requests were still under way after {drain.TotalSeconds:0} s and are cut off");
        }

        await leaving.Supervisor.StopAsync();
        await leaving.Supervisor.DisposeAsync();
        lock (gate)
        {
            running.Remove(leaving);
        }

        Record();
    }
}

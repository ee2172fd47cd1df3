using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;
using MlDeploy.Local.Supervision;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>What serves what: the gateway, stable, the candidate and its weight. The only place that changes routes.</summary>
internal sealed class ServingSet
{
    private readonly Lock gate = new();
    private readonly VersionStore versions;
    private readonly HostEnvironment environment;
    private readonly RunningVersions running;
    private readonly FrontDoor door;
    private double weight;
    private ServedVersion? leftover;
    private double leftoverWeight;
    private Stickiness? stickiness;
    private ulong salt;

    public ServingSet(ApplicationPaths paths, VersionStore versions, HostEnvironment environment, SupervisionContext supervision)
    {
        (this.versions, this.environment) = (versions, environment);
        door = new FrontDoor(paths, environment);
        Capture = new ModelCapture(paths, environment.Clock, environment.Log);
        running = new RunningVersions(paths, versions, environment, supervision, Capture, Route);
    }

    public ServedVersion? Stable { get; private set; }

    public ServedVersion? Candidate { get; private set; }

    /// <summary>Timestamp of the clock when the candidate got its first production traffic; null before. Monotonic: a clock that is set does not end a warm-up.</summary>
    public long? CandidateServesSince { get; private set; }

    /// <summary>What models are asked and answer.</summary>
    public ModelCapture Capture { get; }

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
            Stable = running.Run(version, adopt, proven: true);
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
                (Candidate, weight, CandidateServesSince) = (running.Run(version, null), 0, null);
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

    /// <param name="model">What predictions of the step are counted against; null where no gate judges the model.</param>
    public void BeginStep(ModelJudging? model)
    {
        if (door.Gateway is not { } front)
        {
            return;
        }

        foreach (var arm in model is null ? [] : new[] { Candidate?.Arm.Capture, Stable?.Arm.Capture })
        {
            arm?.BeginStep(model!, front.Step + 1);
        }

        front.BeginStep();
    }

    /// <summary>What the two arms were asked and answered in this step; null where nothing is captured.</summary>
    public (CapturedArm? Candidate, CapturedArm? Stable) ReadCapture() => (Candidate?.Arm.Capture?.Read(), Stable?.Arm.Capture?.Read());

    public void EndSteps()
    {
        Candidate?.Arm.Capture?.EndSteps();
        Stable?.Arm.Capture?.EndSteps();
    }

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

    /// <summary>The versions that have a process, whatever their part.</summary>
    public RunningVersions Running => running;

    /// <summary>Goes on with a candidate that an unsafe end left serving.</summary>
    public void ContinueCandidate(StoredVersion version, RunningInstance adopt, double share)
    {
        lock (gate)
        {
            (Candidate, weight) = (running.Run(version, adopt), share);
        }

        Route();
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
        await running.WhenRetiredAsync();
        await door.CloseAsync();
        Capture.Dispose();
    }

    /// <summary>Lets go of running versions, for the next host to adopt.</summary>
    public async Task LetGoAsync()
    {
        await running.LetGoAsync();
        await door.CloseAsync();
        Capture.Dispose();
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

    private void Retire(ServedVersion? leaving) => running.Retire(leaving, door.Gateway);
}

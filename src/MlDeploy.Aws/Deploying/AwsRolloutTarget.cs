using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Aws.Deploying.Judging;
using MlDeploy.Aws.Deploying.Predictions;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>The rollout's port on aws: CodeDeploy moves the traffic, this watches, says go on or stop, and reads back what serves what.</summary>
public sealed class AwsRolloutTarget : IRolloutTarget, IAsyncDisposable
{
    private const double Tolerance = 0.001;

    private static readonly TimeSpan ReadBackEvery = TimeSpan.FromSeconds(5);

    /// <summary>While CodeDeploy's own clock is waited for: calls are counted, and a step's time counts from the shift however late it is seen.</summary>
    private static readonly TimeSpan AwaitEvery = TimeSpan.FromSeconds(20);

    /// <summary>From a weight that CodeDeploy took back to a status that tells why.</summary>
    private const int LooksForTheEnd = 4;

    /// <summary>From `ContinueDeployment` to the first weight: longer than that, and CodeDeploy is asked when it began.</summary>
    private static readonly TimeSpan SeenLate = TimeSpan.FromSeconds(15);

    /// <summary>From `ContinueDeployment`, or the time CodeDeploy was to shift, to the weight in force.</summary>
    private static readonly TimeSpan ShiftWithin = TimeSpan.FromMinutes(3);

    private readonly AwsSession session;
    private readonly DeploymentPlace place;
    private readonly CandidateOrder order;
    private readonly OutsideEvidence evidence;
    private readonly TimeProvider clock;
    private readonly Action<string> note;
    private readonly TrafficReader traffic;
    private readonly CandidateStart start;
    private readonly DeploymentStop stopping;
    private readonly DeploymentWaits waits;
    private readonly EndedOutside ended;
    private readonly DeploymentWatch watch;
    private readonly HeartbeatAlarm alarm;
    private readonly HeartbeatLoop heartbeat;
    private readonly ScalingHold scaling;
    private readonly RestartCount restarts;
    private readonly PredictionMeter? predictions;

    private string? deployment;
    private string? taskDefinition;
    private bool alarmed;
    private bool creating;
    private TargetGroupPlace? candidateGroup;
    private DateTimeOffset shiftBegan;
    private DateTimeOffset stepBegan;
    private double inForce;
    private TimeSpan already;
    private bool adoptedStep;
    private bool comparable;
    private CloudWatchMeter? meter;
    private Judge? judging;
    private int looks;

    /// <param name="evidence">Tests and external metrics.</param>
    /// <param name="note">Tells what changes no state.</param>
    public AwsRolloutTarget(AwsSession session, DeploymentPlace place, CandidateOrder order, OutsideEvidence evidence, TimeProvider clock, Random random, Action<string> note)
    {
        (this.session, this.place, this.order, this.evidence, this.clock, this.note) = (session, place, order, evidence, clock, note);
        var name = order.Adopted?.Heartbeat ?? HeartbeatName.Draw(place.Application, random);
        traffic = new TrafficReader(session, place);
        start = new CandidateStart(session, place, order, clock, note);
        stopping = new DeploymentStop(session.CodeDeploy, clock, note);
        waits = new DeploymentWaits(session.CodeDeploy, clock);
        var told = order.Manifest.Notifications.On.Contains(NotificationKind.Deployment) ? place.TopicArn : null;
        alarm = new HeartbeatAlarm(session.CloudWatch, new HeartbeatExpiry(session.Scheduler, name, place.HeartbeatRole, clock), name, told, clock);
        heartbeat = new HeartbeatLoop(session.CloudWatch, name, clock);
        ended = new EndedOutside(session.CloudWatch, name, () => heartbeat.SinceLastBeat, (id, cancel) => SteeringNote.AwaitAsync(session.Logs, place.LogGroup, id, clock, cancel));
        watch = new DeploymentWatch(session.CodeDeploy, heartbeat, ended, clock);
        scaling = new ScalingHold(session.ApplicationAutoScaling, place, clock);
        restarts = new RestartCount(session.Ecs, place.Cluster);
        predictions = PredictionMeter.For(session, place, order, clock, note);
        heartbeat.Renew = stop => Task.WhenAll(scaling.RenewAsync(stop), alarm.RenewAsync(stop));
    }

    /// <summary>Null before it is created.</summary>
    public string? Deployment => deployment;

    /// <summary>Set when whoever started the process waits for its end: traffic is put right and verified, the rest is CodeDeploy's.</summary>
    public bool Hurry { get; set; }

    public async Task StartCandidateAsync(CancellationToken cancel)
    {
        try
        {
            await (order.Adopted is { } adopted ? AdoptAsync(adopted, cancel) : BeginAsync(cancel));
        }
        catch (OutsideEventException outside) when (outside.Happened is LeaseLost)
        {
            await CleanUpAsync(cancel);
            throw;
        }
        catch (AwsServiceException failure)
        {
            throw AwsFailures.AsExpected(failure);
        }
    }

    public async Task<string?> TestCandidateAsync(PreTrafficTest test, CancellationToken cancel)
    {
        if (await watch.ThroughAsync(WeightAsync, cancel) > 0)
        {
            note($"test {test.Name} is not run again: the candidate has production traffic already");
            return null;
        }

        return await evidence.TestAsync(test, cancel);
    }

    public async Task<IReadOnlyList<MissingMeasurement>> CheckEvidenceAsync(CancellationToken cancel) =>
    [
        .. await evidence.CheckAsync(cancel),
        .. await CustomMetric.CheckAsync(session.CloudWatch, place, order.Manifest.Rollout.Gates, clock, cancel),
        .. predictions is null ? [] : await predictions.CheckAsync(taskDefinition!, await WeightAsync(cancel) > 0 ? null : TestCandidateAsync, cancel),
    ];

    public async Task<double> SetWeightAsync(double weight, CancellationToken cancel)
    {
        var present = await watch.ThroughAsync(WeightAsync, cancel);
        var first = present < Tolerance;
        if (first)
        {
            await watch.ThroughAsync(HoldScalingAsync, cancel);
            await watch.ThroughAsync(BeginShiftAsync, cancel);
        }

        var began = clock.GetTimestamp();
        var within = ShiftWithin + (first ? TimeSpan.Zero : order.Manifest.Rollout.Steps.Select(step => step.For).DefaultIfEmpty().Max());
        for (var look = 0; present < weight - Tolerance && clock.GetElapsedTime(began) < within; look++)
        {
            await Task.Delay(first ? ReadBackEvery : AwaitEvery, clock, cancel);
            if (look % 3 == 2)
            {
                await watch.IsUnderWayAsync(deployment!, cancel);
            }

            present = await watch.ThroughAsync(WeightAsync, cancel);
        }

        if (first)
        {
            shiftBegan = clock.GetElapsedTime(began) < SeenLate ? clock.GetUtcNow()
                : await watch.ThroughAsync(stop => CodeDeployClock.ShiftBeganAsync(session.CodeDeploy, deployment!, stop), cancel) ?? clock.GetUtcNow();
        }

        (inForce, stepBegan, comparable) = (present, clock.GetUtcNow(), present < 1 - Tolerance);
        already = comparable ? SinceShift() : TimeSpan.Zero;
        adoptedStep = false;
        if (!comparable)
        {
            await watch.ThroughAsync(ReleaseScalingAsync, cancel);
        }

        return Math.Abs(present - weight) < Tolerance ? weight : present;
    }

    public TimeSpan BeginStep(Judge judge)
    {
        judging = judge;
        looks = 0;
        evidence.Begin();
        meter ??= new CloudWatchMeter(session.CloudWatch, place, judge.Plan.Gates, order.Manifest.Rollout.Warmup, clock);
        var group = candidateGroup!;
        var other = group == place.Blue ? place.Green : place.Blue;
        meter.BeginStep(
            judge,
            new MeasuredArm("c", group.FullName, Family(taskDefinition!), order.Manifest.Version),
            comparable ? new MeasuredArm("s", other.FullName, order.Stable.Family, order.Stable.Label) : null,
            shiftBegan,
            stepBegan);
        predictions?.BeginStep(comparable, stepBegan);
        return already;
    }

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(CancellationToken cancel)
    {
        // Calls are counted: every other look sees whether it was ended from outside, every third what serves.
        if (looks % 2 == 0)
        {
            await watch.IsUnderWayAsync(deployment!, cancel);
        }

        var measured = new List<Measurement>(await meter!.MeasureAsync(cancel));
        if (looks++ % 3 == 0)
        {
            await ReadWeightAsync(cancel);
            measured.AddRange(await restarts.MeasureAsync(judging!.Plan.Gates, taskDefinition!, cancel));
        }

        measured.AddRange(evidence.Take());
        measured.AddRange(predictions is null ? [] : await predictions.MeasureAsync(cancel));
        return measured;
    }

    public async Task<RolloutEvent> RestoreStableAsync(CancellationToken cancel)
    {
        deployment ??= creating ? await CreatedAsync(cancel) : null;
        var trouble = deployment is null ? null : await StopAsync(deployment, cancel);
        var verified = await new StableReadBack(traffic, order.Stable, session.Region, clock).VerifyAsync(deployment, stopping.SeenOver, trouble, cancel);
        await CleanUpAsync(cancel);
        return verified;
    }

    public async Task CompletePromotionAsync(CancellationToken cancel)
    {
        try
        {
            var info = await waits.UntilSucceededAsync(deployment!, TimeSpan.FromMinutes(AwsRolloutPlan.TerminationWait(order.Manifest.Rollout)), cancel);
            var serving = await traffic.ReadAsync(cancel);
            if (info?.Status != CodeDeployStatus.Succeeded || serving.Live.TaskDefinition != taskDefinition || serving.Live.Weight < 1 - Tolerance)
            {
                throw new ExpectedException(
                    ExitCode.TargetFailed,
                    $"{order.Candidate} is promoted, but deployment {deployment} {(info is null ? "cannot be read" : $"is {info.Status}")}{(info?.ErrorInformation is not null ? $": {CodeDeployStatus.Why(info)}" : waits.Refused is { } refused ? $", and its wait could not be ended ({refused})" : "")}; serving: {serving}",
                    "`mldeploy status --target aws` shows what serves; `mldeploy history --target aws` what CodeDeploy did");
            }
        }
        catch (AwsServiceException failure)
        {
            throw AwsFailures.AsExpected(failure);
        }

        await CleanUpAsync(cancel);
    }

    /// <summary>For `onInterrupt: detach`: nobody judges from here on, and CodeDeploy goes on by its own clock.</summary>
    public async Task DetachAsync(CancellationToken cancel)
    {
        if (alarmed)
        {
            await alarm.ReleaseAsync(clock.GetUtcNow() + AwsRolloutPlan.LongestLife(order.Manifest.Rollout), cancel);
        }

        await heartbeat.StopAsync();
        await scaling.ReleaseAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await heartbeat.DisposeAsync();
        await evidence.DisposeAsync();
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        await start.RefuseFiringAlarmsAsync(cancel);
        await StaleAlarms.SweepAsync(session, place.Application, cancel);
        candidateGroup = (await traffic.ReadAsync(cancel)).Idle.Place;
        taskDefinition = await start.RegisterAsync(cancel);
        var configuration = await GroupSettings.ApplyAsync(session.CodeDeploy, place, order.Manifest.Rollout, cancel);
        await heartbeat.StartAsync(cancel);
        await ArmAsync(cancel);
        await alarm.WaitUntilOkAsync(cancel);
        creating = true;
        deployment = await start.CreateAsync(taskDefinition, configuration, alarm.Name, cancel);
        start.Tell(deployment);
        await start.WaitUntilReadyAsync(deployment, taskDefinition, watch, info => ended.TellAsync(info, cancel), cancel);
    }

    /// <summary>Goes on with a deployment whose runner is gone, before its alarm fires.</summary>
    private async Task AdoptAsync(RunningDeployment adopted, CancellationToken cancel)
    {
        (deployment, taskDefinition) = (adopted.Info.DeploymentId, order.TaskDefinition!);
        await heartbeat.StartAsync(cancel);
        await ArmAsync(cancel);
        note($"adopted deployment {deployment}, whose runner is gone ({adopted.Info.Status}): {ConsoleLinks.Deployment(session, deployment)}");
        await scaling.AdoptAsync(cancel);
        var serving = await traffic.ReadAsync(cancel);
        candidateGroup = serving.With(taskDefinition)?.Place ?? serving.Idle.Place;
        var info = (await session.CodeDeploy.GetDeploymentAsync(new GetDeploymentRequest { DeploymentId = deployment }, cancel)).DeploymentInfo;
        if (CodeDeployStatus.IsOver(info.Status))
        {
            throw new OutsideEventException(await ended.TellAsync(info, cancel));
        }

        shiftBegan = await CodeDeployClock.ShiftBeganAsync(session.CodeDeploy, deployment, cancel) ?? clock.GetUtcNow();
        adoptedStep = await WeightAsync(cancel) >= Tolerance;
        if (!adoptedStep)
        {
            await start.WaitUntilReadyAsync(deployment, taskDefinition, watch, over => ended.TellAsync(over, cancel), cancel);
        }
    }

    private async Task ArmAsync(CancellationToken cancel)
    {
        alarmed = true;
        await alarm.ArmAsync(cancel);
    }

    /// <summary>
    /// CodeDeploy has a clock of its own: a weight that moved before the step was judged is a failure, not a surprise. One that was
    /// taken back is a rollback, most likely, whose reason is told a moment later.
    /// </summary>
    private async Task ReadWeightAsync(CancellationToken cancel)
    {
        try
        {
            var now = await WeightAsync(cancel);
            for (var look = 0; now < inForce - Tolerance && look < LooksForTheEnd; look++)
            {
                await Task.Delay(ReadBackEvery, clock, cancel);
                await watch.IsUnderWayAsync(deployment!, cancel);
                now = await WeightAsync(cancel);
            }

            if (Math.Abs(now - inForce) > Tolerance && await watch.IsUnderWayAsync(deployment!, cancel))
            {
                throw new ExpectedException(
                    ExitCode.TargetFailed, $"the candidate's weight went from {Words.Percent(inForce)} to {Words.Percent(now)} before the step was judged", "see who else changes the listener or the deployment; then deploy again");
            }
        }
        catch (AwsServiceException)
        {
            // Read again in half a minute.
        }
    }

    /// <returns>What CreateDeployment may have made without telling; null when there is none, or it cannot be looked for.</returns>
    private async Task<string?> CreatedAsync(CancellationToken cancel)
    {
        try
        {
            return await watch.ThroughAsync(stop => start.FindAsync(alarm.Name, stop), cancel);
        }
        catch (Exception unreadable) when (unreadable is OutsideEventException or ExpectedException)
        {
            note($"whether a deployment was created cannot be read ({Words.FirstLine(unreadable.Message)}); its heartbeat alarm ends it");
            return null;
        }
    }

    private async Task<string?> StopAsync(string id, CancellationToken cancel)
    {
        var refused = await stopping.StopAsync(id, cancel);
        if (refused is not null)
        {
            note($"StopDeployment is refused ({refused}); the heartbeat alarm is made to fire, so that CodeDeploy rolls back by it");
            await alarm.FireAsync(cancel);
            await heartbeat.StopAsync();
        }

        if (Hurry && refused is null)
        {
            note($"deployment {id} was told to stop and roll back; CodeDeploy removes the candidate's tasks by itself, which is not waited for");
            return null;
        }

        var trouble = await stopping.FollowAsync(id, stopped: refused is null, cancel);
        return trouble is null || refused is null ? trouble : $"StopDeployment was refused ({refused}), and {trouble}";
    }

    /// <summary>
    /// A weight may be seen late, by a runner that was stopped a while; CodeDeploy's clock goes on, and so the step's does. What is left of
    /// a step that was adopted is in its plan already.
    /// </summary>
    private TimeSpan SinceShift()
    {
        var steps = order.Manifest.Rollout.Steps;
        var at = steps.TakeWhile(step => step.Weight < inForce - Tolerance).ToArray();
        var due = shiftBegan + at.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.For);
        var since = stepBegan - due;
        return adoptedStep || since < TimeSpan.Zero ? TimeSpan.Zero : since;
    }

    private async Task<bool> BeginShiftAsync(CancellationToken cancel)
    {
        await waits.BeginShiftAsync(deployment!, cancel);
        return true;
    }

    private async Task<double> WeightAsync(CancellationToken cancel)
    {
        var green = await traffic.GreenShareAsync(cancel)
            ?? throw new ExpectedException(ExitCode.TargetFailed, "the production listener sends to neither target group", "`mldeploy status --target aws` shows what it does");
        return candidateGroup == place.Green ? green : 1 - green;
    }

    private async Task<bool> HoldScalingAsync(CancellationToken cancel)
    {
        if (await scaling.TakeAsync((await traffic.ReadAsync(cancel)).Live.Running, cancel) is not { } told)
        {
            return false;
        }

        note(told);
        return true;
    }

    private async Task<bool> ReleaseScalingAsync(CancellationToken cancel)
    {
        await scaling.ReleaseAsync(cancel);
        return true;
    }

    /// <summary>What cannot be cleaned up is told: scaling has its own release, and the alarm its own end.</summary>
    private async Task CleanUpAsync(CancellationToken cancel)
    {
        await heartbeat.StopAsync();
        try
        {
            await scaling.ReleaseAsync(cancel);
            if (alarmed)
            {
                await alarm.DeleteAsync(cancel);
                alarmed = false;
            }
        }
        catch (AwsServiceException failure)
        {
            note($"not cleaned up: {Words.FirstLine(failure.Message)}; autoscaling is released within 3 minutes by itself, the alarm {alarm.Name.Alarm} deleted within {Words.Of(HeartbeatExpiry.Ahead)}");
        }
    }

    private static string Family(string definition) => definition[(definition.LastIndexOf('/') + 1)..].Split(':')[0];
}

using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>
/// Measures the gates on the model: what each arm's tasks were asked and answered, out of their log, into the same sketches and gates as on the local target.
/// A look in half a minute reads a page of each arm.
/// </summary>
/// <param name="note">Tells what changes no state.</param>
internal sealed class PredictionMeter(AwsSession session, DeploymentPlace place, CandidateOrder order, TimeProvider clock, Action<string> note)
{
    /// <summary>Two looks, and now and then two calls for the tasks. Beside twenty others, of twenty-five.</summary>
    private const int CallsAMinute = 5;

    /// <summary>Of each arm.</summary>
    private const int PagesALook = 1;

    /// <summary>Failures in a row that are no news: the next look reads what they did not.</summary>
    private const int Unremarkable = 2;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    /// <summary>New tasks come seldom while versions change: scaling is held.</summary>
    private static readonly TimeSpan TasksEvery = TimeSpan.FromMinutes(2);

    /// <summary>A look is not held up longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>For the line of a test to arrive in the log.</summary>
    private static readonly TimeSpan ArrivesWithin = TimeSpan.FromSeconds(90);

    private readonly ModelMeter meter = new(order.Manifest.Rollout.Gates, order.Model?.Yardstick, order.Manifest.Model?.TrainedAt);
    private readonly ArmTasks tasks = new(session.Ecs, place.Cluster);
    private readonly CallAllowance allowance = new(CallsAMinute, clock);
    private ArmLog? candidate;
    private ArmLog? stable;
    private bool comparable;
    private int step;
    private int failures;
    private DateTimeOffset nextLook;
    private DateTimeOffset nextTasks;

    /// <summary>Null where no gate is on the model.</summary>
    public static PredictionMeter? For(AwsSession session, DeploymentPlace place, CandidateOrder order, TimeProvider clock, Action<string> note) =>
        order.Manifest.Rollout.Gates.Any(gate => gate.Metric.StartsWith("model.", StringComparison.Ordinal)) ? new PredictionMeter(session, place, order, clock, note) : null;

    /// <summary>
    /// Before traffic moves: asks the candidate what a test of the manifest asks, and waits for the line that it is to log. Where no test asks for a prediction,
    /// it shows only under traffic.
    /// </summary>
    /// <param name="ask">Runs a test, which gives null when it passes; null itself where the candidate has traffic already.</param>
    /// <returns>The gates that could not be judged.</returns>
    public async Task<IReadOnlyList<MissingMeasurement>> CheckAsync(string taskDefinition, Func<PreTrafficTest, CancellationToken, Task<string?>>? ask, CancellationToken stop)
    {
        if (order.Model is null)
        {
            return [];
        }

        await OpenAsync(taskDefinition, stop);
        if (ask is null)
        {
            return [];
        }

        if (order.Manifest.Rollout.Tests.FirstOrDefault(test => test.Http is { Method: "POST" }) is not { } test)
        {
            note("no test under rollout.tests asks for a prediction: whether the candidate logs what it predicts shows only when it has traffic");
            return [];
        }

        var began = clock.GetUtcNow();
        if (await ask(test, stop) is not null)
        {
            // It fails again, as a test, and says why.
            return [];
        }

        string? failure = null;
        candidate!.BeginStep(-1, began);
        while (clock.GetUtcNow() - began < ArrivesWithin)
        {
            await Task.Delay(ArmLog.Settled, clock, stop);
            failure = await TryLookAsync(stop);
            if (candidate.Read().Counts is { Rows: > 0 })
            {
                return [];
            }
        }

        return [new MissingMeasurement(Asked.First(), failure is not null, failure is null ? candidate.Read().WhyNothing! : $"the log cannot be read: {failure}")];
    }

    /// <param name="compared">Whether stable has traffic.</param>
    /// <param name="began">When the step's weight came into force.</param>
    public void BeginStep(bool compared, DateTimeOffset began)
    {
        comparable = compared;
        meter.BeginStep();
        step++;
        candidate?.BeginStep(step, began);
        stable?.BeginStep(step, began);
        nextLook = began + LookEvery;
    }

    /// <returns>At most one measurement a gate on the model.</returns>
    public async Task<IReadOnlyList<Measurement>> MeasureAsync(CancellationToken stop)
    {
        if (order.Model is not null && clock.GetUtcNow() >= nextLook && allowance.IsThere)
        {
            nextLook = clock.GetUtcNow() + LookEvery;
            if (await TryLookAsync(stop) is { } failure)
            {
                return [.. Asked.Select(gate => new MissingMeasurement(gate, Failed: true, $"the log cannot be read: {failure}")), .. meter.Measure(clock.GetUtcNow(), null, null).OfType<LevelMeasurement>()];
            }
        }

        return meter.Measure(clock.GetUtcNow(), candidate?.Read(), comparable ? stable?.Read() : null);
    }

    private IEnumerable<string> Asked => order.Manifest.Rollout.Gates.Where(gate => gate.Metric.StartsWith("model.", StringComparison.Ordinal) && gate.Metric != "model.age").Select(gate => gate.Id);

    /// <returns>Why it failed, when it has several times.</returns>
    private async Task<string?> TryLookAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            await LookAsync(either.Token);
            if (failures > Unremarkable)
            {
                // What was said to be unreadable is measured again, whether there is more or not.
                meter.BeginStep();
            }

            failures = 0;
            return null;
        }
        catch (Exception failure) when (failure is AwsServiceException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return ++failures <= Unremarkable ? null : failure is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : failure.Message;
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        if (clock.GetUtcNow() >= nextTasks || tasks.Of(candidate!.TaskDefinition).IsEmpty)
        {
            allowance.Take(await tasks.RefreshAsync([candidate!.TaskDefinition, stable!.TaskDefinition], stop));
            nextTasks = clock.GetUtcNow() + TasksEvery;
        }

        await candidate!.ReadAsync(tasks.Of(candidate.TaskDefinition), Pages(PagesALook), stop);
        if (comparable && allowance.IsThere)
        {
            await stable!.ReadAsync(tasks.Of(stable.TaskDefinition), Pages(PagesALook), stop);
        }
    }

    /// <summary>Says whether one more page may be read: so many at most, and as the allowance has it.</summary>
    private Func<bool> Pages(int most) => () =>
    {
        if (most-- <= 0 || !allowance.IsThere)
        {
            return false;
        }

        allowance.Take();
        return true;
    };

    /// <summary>Safe to repeat.</summary>
    private async Task OpenAsync(string taskDefinition, CancellationToken stop)
    {
        candidate ??= await LogOfAsync(taskDefinition, stop);
        stable ??= await LogOfAsync(order.Stable.TaskDefinition, stop);
    }

    private async Task<ArmLog> LogOfAsync(string taskDefinition, CancellationToken stop)
    {
        try
        {
            var definition = (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = taskDefinition }, stop)).TaskDefinition;
            return new ArmLog(session.Logs, taskDefinition, LogPlace.Of(definition, order.Container), CaptureSettings.From(order.Manifest)!, order.Model!, clock);
        }
        catch (AwsServiceException failure)
        {
            throw AwsFailures.AsExpected(failure);
        }
    }
}

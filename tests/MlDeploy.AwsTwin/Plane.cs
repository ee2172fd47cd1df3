using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Alarms;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Events;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;
using MlDeploy.AwsTwin.Logs;
using MlDeploy.AwsTwin.Metrics;
using MlDeploy.AwsTwin.Scaling;

namespace MlDeploy.AwsTwin;

/// <summary>
/// Everything of the twin that runs: tasks, load balancers, metrics, alarms and scaling, driven by one pulse. Its parts are
/// services of their own for the front door; what a deployment state machine needs of them is public here.
/// </summary>
internal sealed class Plane : ITwinService, IAsyncDisposable
{
    /// <summary>Real time between two looks at everything that may be due.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    /// <summary>Real time between two looks at the processes, which cost a pass over /proc.</summary>
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(500);

    private readonly TwinContext context;
    private readonly HealthChecker health;
    private readonly TaskFleet fleet;
    private readonly ServiceScheduler scheduler;
    private readonly TrafficMetrics traffic;
    private readonly TaskMetrics usage;
    private readonly AlarmActions actions;
    private readonly ScalingLoop scaling;
    private readonly Task pulse;
    private readonly Queue<string> problems = new();

    public Plane(TwinContext context)
    {
        this.context = context;
        Metrics = new MetricStore(context.Clock);
        Targets = new TargetRegistry(context.Clock);
        traffic = new TrafficMetrics(Metrics, Targets, context.Clock);
        var addresses = new TargetAddresses();
        Balancers = new BalancerFleet(context, Targets, new Forwarding(Targets, addresses, context.Random, traffic.Note));
        health = new HealthChecker(Targets, addresses, context.Clock.Speed);
        Ecs = new EcsBook();
        fleet = new TaskFleet(context, Ecs, addresses);
        scheduler = new ServiceScheduler(context, Ecs, fleet, Targets, Balancers);
        Events = new EventBus(context, Note);
        Ecs.TaskChanged = task =>
        {
            scheduler.OnTask(task);
            Events.Tell(task);
        };
        scheduler.Told = Events.Tell;
        fleet.Drain = scheduler.DrainAsync;
        usage = new TaskMetrics(context, Metrics, Ecs);
        Alarms = new AlarmBook(Metrics, context.Clock);
        actions = new AlarmActions(context, Alarms, Events);
        var scalingBook = new ScalingBook();
        scaling = new ScalingLoop(context, scalingBook, Alarms, Ecs);
        Parts =
        [
            new LoadBalancingService(context, Balancers, Targets),
            new EcsApi(context, Ecs, new ServiceCalls(context, Ecs, Balancers), new TaskSetCalls(context, Ecs), new TaskCalls(context, Ecs, fleet)),
            new LogEventsService(context),
            new MetricsService(Metrics, context.Clock),
            new DashboardsService(context.Clock),
            new AlarmsService(Alarms, actions),
            new ScalingService(context, scalingBook, Alarms, Ecs, scaling),
            this,
        ];
        pulse = Task.Run(BeatAsync);
    }

    public MetricStore Metrics { get; }

    public TargetRegistry Targets { get; }

    public BalancerFleet Balancers { get; }

    public EcsBook Ecs { get; }

    public AlarmBook Alarms { get; }

    public EventBus Events { get; }

    /// <summary>The services, for the front door; disposed of in reverse.</summary>
    public IReadOnlyList<object> Parts { get; }

    string ITwinService.SigningName => "";

    bool ITwinService.Owns(string action) => false;

    Task<TwinReply> ITwinService.AnswerAsync(TwinRequest request, CancellationToken cancel) => throw new InvalidOperationException("It answers no calls");

    public (string Section, JsonNode Content)? Describe()
    {
        lock (problems)
            return ("problems", new JsonArray([.. problems.Select(problem => JsonValue.Create(problem))]));
    }

    public async ValueTask DisposeAsync()
    {
        await pulse;
        await fleet.DisposeAsync();
        await Events.DisposeAsync();
        health.Dispose();
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Beat);
        var sampled = TimeProvider.System.GetTimestamp();
        while (!context.Ending.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(context.Ending);
                health.Tick(Balancers.Configuration);
                await scheduler.TickAsync(context.Ending);
                if (TimeProvider.System.GetElapsedTime(sampled) >= Sampling)
                {
                    sampled = TimeProvider.System.GetTimestamp();
                    traffic.Sample(Balancers.Configuration);
                    await usage.SampleAsync(context.Ending);
                }

                foreach (var change in Alarms.EvaluateDue())
                    await actions.ActAsync(change, context.Ending);
                await scaling.TickAsync(context.Ending);
            }
            catch (OperationCanceledException) when (context.Ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // A bug of the twin must be seen, and must not stop everything else it runs.
                Note(problem);
            }
        }
    }

    /// <summary>Shows a bug of the twin on its page.</summary>
    public void Note(Exception problem)
    {
        lock (problems)
        {
            problems.Enqueue($"{context.Clock.GetUtcNow():O} {problem}");
            if (problems.Count > 50)
                problems.Dequeue();
        }
    }
}

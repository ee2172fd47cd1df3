using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Gateway.Forwarding;
using MlDeploy.Local.Gateway.Listening;
using MlDeploy.Local.Gateway.Recording;
using MlDeploy.Local.Gateway.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway;

/// <summary>
/// One application's front door: takes its requests, sends each to stable or the candidate as the routes in force say, and
/// measures what comes back. It holds its address from start to disposal; versions come and go behind it and no request is lost:
/// <c>SetRoutes</c> first, then <c>DrainAsync</c> the arm that was taken out, then end its processes.
/// </summary>
public sealed class ApplicationGateway : IAsyncDisposable
{
    private readonly GatewayOptions options;
    private readonly ServiceProvider services;
    private readonly HttpMessageInvoker upstream;
    private readonly Dispatcher dispatcher;
    private readonly GatewayCounters counters = new();
    private readonly AccessLog? log;
    private readonly UserIds ids;
    private readonly Lock changing = new();
    private Listener? listener;

    private ApplicationGateway(GatewayOptions options)
    {
        this.options = options;
        services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddHttpForwarder()
            .BuildServiceProvider();
        upstream = Upstream.Create();
        ids = new UserIds(options.Random);
        log = options.AccessLog is { } logging ? new AccessLog(logging) : null;
        dispatcher = new Dispatcher(services.GetRequiredService<IHttpForwarder>(), upstream, counters, log, options.Time);
        dispatcher.Use(new RoutingSnapshot(GatewayRoutes.None, null, ids, options.Random));
    }

    /// <summary>The address in force, e.g. when port 0 was asked for.</summary>
    public IPEndPoint Address => listener!.Bound[0];

    /// <summary>Address for HTTP/2 with prior knowledge; null when not asked for.</summary>
    public IPEndPoint? AddressHttp2 => listener!.Bound is [_, var second, ..] ? second : null;

    /// <summary>Since the start.</summary>
    public GatewayTotals Totals => counters.Read();

    /// <summary>Lines the access log had to leave out since the start.</summary>
    public long AccessLogDropped => log?.Dropped ?? 0;

    /// <summary>Binds and serves (503 until there are routes). Nothing else is touched when an address cannot be bound.</summary>
    /// <exception cref="ExpectedException">Exit 7: an address is malformed, taken, not of this machine, or not allowed.</exception>
    public static async Task<ApplicationGateway> StartAsync(GatewayOptions options, CancellationToken cancellation = default)
    {
        List<ListenRequest> requests = [ListenRequest.Of("targets.local.listen", options.Listen, HttpProtocols.Http1)];
        if (options.ListenHttp2 is { } second)
        {
            requests.Add(ListenRequest.Of("targets.local.listenHttp2", second, HttpProtocols.Http2));
        }

        var gateway = new ApplicationGateway(options);
        try
        {
            gateway.listener = await Listener.StartAsync(requests, gateway.dispatcher, cancellation);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Puts routes into force, all at once; when it returns, no request is placed by the ones before.
    /// A user census under way goes on; <see cref="BeginStep"/> starts a new one.
    /// </summary>
    public void SetRoutes(GatewayRoutes routes)
    {
        lock (changing)
        {
            var census = routes.Stickiness is null ? null : dispatcher.Current.Census ?? new StepCensus();
            Replace(routes, census, dispatcher.Current.Step);
        }
    }

    /// <summary>
    /// Starts a step: users are counted anew, in both arms, and requests under way are set apart (<see cref="GatewayArm.Late"/>).
    /// Call it right after the step's <see cref="SetRoutes"/>.
    /// </summary>
    public void BeginStep()
    {
        lock (changing)
        {
            var routes = dispatcher.Current.Routes;
            Replace(routes, routes.Stickiness is null ? null : new StepCensus(), dispatcher.Current.Step + 1);
        }
    }

    /// <summary>Number of the step under way; requests carry that of the step they were placed in.</summary>
    internal int Step => dispatcher.Current.Step;

    /// <summary>What requests meet now, and the split they really got since these routes came into force.</summary>
    public GatewayReading ReadBack() => dispatcher.Current.Read();

    /// <summary>Users of this step at stable; null without stickiness.</summary>
    public UserReading? StableUsers => dispatcher.Current.Census?.Read(candidate: false);

    /// <summary>Users of this step at the candidate; null without stickiness.</summary>
    public UserReading? CandidateUsers => dispatcher.Current.Census?.Read(candidate: true);

    /// <summary>Waits until an arm that <see cref="SetRoutes"/> took out has nothing under way (streams and WebSockets included).</summary>
    /// <returns>Requests still under way when the time was over; 0 when drained.</returns>
    public Task<long> DrainAsync(GatewayArm arm, TimeSpan timeout, CancellationToken cancellation = default) =>
        WaitAsync(arm.WhenIdle(), () => arm.InFlight, timeout, cancellation);

    /// <summary>The same for one instance, taken out when its arm shrinks.</summary>
    /// <returns>Requests still under way there when the time was over; 0 when drained.</returns>
    public Task<long> DrainAsync(GatewayArm arm, Uri destination, TimeSpan timeout, CancellationToken cancellation = default) =>
        WaitAsync(arm.WhenIdle(destination), () => arm.InFlightAt(destination), timeout, cancellation);

    /// <summary>Accepts nothing new and waits for what is under way, at most this long; the port is free afterwards.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        if (listener is not null)
        {
            using var hurry = new CancellationTokenSource(timeout, options.Time);
            await listener.StopAsync(hurry.Token);
        }
    }

    /// <summary>Breaks off what is still under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (listener is not null)
        {
            await listener.DisposeAsync();
        }

        upstream.Dispose();
        if (log is not null)
        {
            await log.DisposeAsync();
        }

        await services.DisposeAsync();
    }

    private void Replace(GatewayRoutes routes, StepCensus? census, int step)
    {
        var before = dispatcher.Current;
        var after = new RoutingSnapshot(routes, census, ids, options.Random) { Step = step };
        dispatcher.Use(after);
        foreach (var route in new[] { before.Stable, before.Candidate, after.Stable, after.Candidate })
        {
            route?.Arm.Prune(after.RouteOf(route.Arm)?.Destinations ?? []);
        }
    }

    private async Task<long> WaitAsync(Task idle, Func<long> left, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            await idle.WaitAsync(timeout, options.Time, cancellation);
            return 0;
        }
        catch (TimeoutException)
        {
            return left();
        }
    }
}

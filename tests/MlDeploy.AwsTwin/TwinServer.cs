using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MlDeploy.AwsTwin.Clock;
using MlDeploy.AwsTwin.Faults;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin;

/// <summary>A running twin: its front door on loopback, its moto, and everything its services run.</summary>
internal sealed class TwinServer : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly MotoProcess moto;
    private readonly MotoForwarder forwarder;
    private readonly CancellationTokenSource ending;
    private IReadOnlyList<object> parts = [];

    private TwinServer(WebApplication web, MotoProcess moto, MotoForwarder forwarder, TwinClock clock, FaultInjector faults, CancellationTokenSource ending)
    {
        this.web = web;
        this.moto = moto;
        this.forwarder = forwarder;
        this.ending = ending;
        Clock = clock;
        Faults = faults;
    }

    public Uri Endpoint { get; private set; } = null!;

    public TwinClock Clock { get; }

    /// <summary>What MLDEPLOY_REHEARSAL_CLOCK says for a tool whose time is to run as the twin's: `START@SPEED`.</summary>
    public string RehearsalClock => string.Create(CultureInfo.InvariantCulture, $"{Clock.Start:O}@{Clock.Speed}");

    public FaultInjector Faults { get; }

    public RequestLog Requests { get; } = new();

    public IEnumerable<ITwinService> Services => parts.OfType<ITwinService>();

    public static async Task<TwinServer> StartAsync(TwinOptions options, CancellationToken cancel = default)
    {
        var moto = await MotoProcess.StartAsync(options.MotoCommand, cancel);
        var forwarder = new MotoForwarder(moto.Address);
        var clock = new TwinClock(options.Speed);
        var faults = new FaultInjector(clock, TimeProvider.System);
        var web = Build(options);
        var twin = new TwinServer(web, moto, forwarder, clock, faults, new CancellationTokenSource());
        try
        {
            await twin.OpenAsync(options, cancel);
            return twin;
        }
        catch
        {
            await twin.DisposeAsync();
            throw;
        }
    }

    /// <summary>The part of one type, for specs that look inside.</summary>
    public T Part<T>() => parts.OfType<T>().Single();

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            try
            {
                await web.StopAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                // A client still reads; it sees the connection end.
            }
        }

        foreach (var part in parts.Reverse())
        {
            switch (part)
            {
                case IAsyncDisposable later:
                    await later.DisposeAsync();
                    break;
                case IDisposable now:
                    now.Dispose();
                    break;
            }
        }

        await web.DisposeAsync();
        forwarder.Dispose();
        await moto.DisposeAsync();
        ending.Dispose();
    }

    private static WebApplication Build(TwinOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.AddServerHeader = false;
        });
        builder.WebHost.UseSetting(WebHostDefaults.SuppressStatusMessagesKey, "true");
        // Signals belong to the program that runs the twin.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder.Build();
    }

    private async Task OpenAsync(TwinOptions options, CancellationToken cancel)
    {
        var door = new FrontDoor(forwarder, Faults, new RateLimits(Clock), Requests, Clock);
        TwinPages.Map(web, this);
        web.MapFallback("{*path}", context => parts.OfType<ITwinRoute>().FirstOrDefault(route => route.Owns(context.Request.Path)) is { } route
            ? route.HandleAsync(context)
            : door.HandleAsync(context));
        await web.StartAsync(cancel);
        Endpoint = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var random = new Random(options.Seed);
        parts = TwinServices.All(new TwinContext(options, Endpoint, forwarder, Clock, random, ending.Token));
        door.Services = [.. Services];
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

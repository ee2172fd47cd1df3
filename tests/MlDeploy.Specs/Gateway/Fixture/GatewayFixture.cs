using System.Net;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Gateway;

namespace MlDeploy.Specs.Gateway.Fixture;

/// <summary>A gateway on free ports with a client in front and versions behind; all real sockets.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];

    private GatewayFixture(ApplicationGateway gateway)
    {
        Gateway = gateway;
        Client = NewClient();
        owned.Add(gateway);
    }

    public ApplicationGateway Gateway { get; }

    public HttpClient Client { get; }

    public static async Task<GatewayFixture> StartAsync(bool http2 = false, string listen = "127.0.0.1:0", AccessLogOptions? log = null) =>
        new(await ApplicationGateway.StartAsync(new GatewayOptions
        {
            Listen = listen,
            ListenHttp2 = http2 ? "127.0.0.1:0" : null,
            Time = TimeProvider.System,
            Random = new Random(7),
            AccessLog = log,
        }));

    public async Task<Backend> VersionAsync(
        string name,
        Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1,
        TimeSpan? timeout = null)
    {
        var backend = await Backend.StartAsync(name, protocols, timeout);
        owned.Add(backend);
        return backend;
    }

    public void Route(Backend stable, Backend? candidate = null, double weight = 0, Stickiness? stickiness = null) =>
        Gateway.SetRoutes(new GatewayRoutes
        {
            Stable = stable.Route,
            Candidate = candidate?.Route,
            Weight = weight,
            Stickiness = stickiness,
        });

    public HttpClient NewClient(bool http2 = false) => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = new Uri($"http://{(http2 ? Gateway.AddressHttp2 : Gateway.Address)}"),
        DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var one in owned)
        {
            await one.DisposeAsync();
        }
    }
}

internal static class Eventually
{
    /// <summary>Polls until the condition holds; a test that waits this long has failed.</summary>
    public static async Task Holds(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"never came about: {what}");
            await Task.Delay(5);
        }
    }
}

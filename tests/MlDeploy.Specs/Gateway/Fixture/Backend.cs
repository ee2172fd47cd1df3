using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using MlDeploy.Local.Gateway;

namespace MlDeploy.Specs.Gateway.Fixture;

/// <summary>An application version: a real Kestrel on a free port, answering with its name.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long requests;

    private Backend(WebApplication app, string name, TimeSpan timeout)
    {
        this.app = app;
        Arm = new GatewayArm(name, timeout);
    }

    public GatewayArm Arm { get; }

    public Uri Address { get; private set; } = null!;

    public ArmRoute Route => new(Arm, [Address]);

    public long Requests => Interlocked.Read(ref requests);

    public IHeaderDictionary? LastHeaders { get; private set; }

    public string? LastTarget { get; private set; }

    public static async Task<Backend> StartAsync(
        string name, HttpProtocols protocols = HttpProtocols.Http1, TimeSpan? timeout = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhostOrPort(port, protocols));
        var app = builder.Build();
        var backend = new Backend(app, name, timeout ?? TimeSpan.FromSeconds(30));
        app.UseWebSockets();
        app.Run(backend.AnswerAsync);
        await app.StartAsync();
        backend.Address = new Uri(app.Urls.First());
        return backend;
    }

    /// <summary>Lets requests to <c>/wait</c> and streams go on.</summary>
    public void Release() => release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
        await app.StopAsync(hurry.Token);
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref requests);
        LastTarget = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        LastHeaders = new HeaderDictionary(http.Request.Headers.ToDictionary());
        switch (http.Request.Path.Value)
        {
            case "/fail":
                http.Response.StatusCode = 500;
                break;
            case "/wait":
                await release.Task.WaitAsync(http.RequestAborted);
                await http.Response.WriteAsync("waited");
                break;
            case "/stream":
                http.Response.ContentType = "text/event-stream";
                await http.Response.WriteAsync("data: first\n\n");
                await http.Response.Body.FlushAsync();
                await release.Task.WaitAsync(http.RequestAborted);
                await http.Response.WriteAsync("data: last\n\n");
                break;
            case "/break":
                await http.Response.WriteAsync("half");
                await http.Response.Body.FlushAsync();
                http.Abort();
                break;
            case "/drop":
                http.Abort();
                break;
            case "/echo":
                using (var body = new MemoryStream())
                {
                    // All of it first: over HTTP/1.1 few clients read an answer before they have sent their request.
                    await http.Request.Body.CopyToAsync(body);
                    await http.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
                }

                break;
            case "/trailer":
                http.Response.DeclareTrailer("grpc-status");
                await http.Response.WriteAsync("body");
                http.Response.AppendTrailer("grpc-status", "0");
                break;
            case "/socket":
                await EchoAsync(http);
                break;
            default:
                await http.Response.WriteAsync(Arm.Label);
                break;
        }
    }

    private static async Task EchoAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, http.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, http.RequestAborted);
        }
    }
}

internal static class KestrelPorts
{
    public static void ListenLocalhostOrPort(this KestrelServerOptions kestrel, int port, HttpProtocols protocols)
    {
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = protocols);
    }
}

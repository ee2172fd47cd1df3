using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>The socket of one listener. Where its port is taken or not allowed, it listens on a free one instead and says so.</summary>
internal sealed class ListenerServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ListenerServer(WebApplication app, IPEndPoint address)
    {
        this.app = app;
        Address = address;
    }

    public IPEndPoint Address { get; }

    public static async Task<ListenerServer> StartAsync(Listener listener, IPAddress address, RequestDelegate answer)
    {
        var isOwn = FreePort.IsFree(address, listener.Port);
        var endpoint = new IPEndPoint(address, isOwn ? listener.Port : FreePort.Find(address));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(endpoint, listen =>
            {
                if (listener.Protocol != "HTTPS")
                {
                    // In the clear an ALB speaks HTTP/1.1 only; HTTP/2 is negotiated in TLS.
                    listen.Protocols = HttpProtocols.Http1;
                    return;
                }

                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(SelfSigned(address));
            });
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new ListenerServer(app, endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private static X509Certificate2 SelfSigned(IPAddress address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(10));
    }
}

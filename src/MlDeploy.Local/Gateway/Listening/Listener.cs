using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Gateway.Listening;

/// <summary>Kestrel without the web host around it: no services, configuration, logging or metrics, only sockets and HTTP.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly KestrelServer server;
    private readonly ExplainingTransport transport;

    private Listener(KestrelServer server, ExplainingTransport transport)
    {
        this.server = server;
        this.transport = transport;
    }

    /// <summary>Where it listens, in the order asked for; a port 0 is a real one here.</summary>
    public IReadOnlyList<IPEndPoint> Bound => transport.Bound;

    /// <exception cref="ExpectedException">An address is taken, not of this machine, or not allowed.</exception>
    public static async Task<Listener> StartAsync<TContext>(
        IReadOnlyList<ListenRequest> requests, IHttpApplication<TContext> application, CancellationToken cancellation)
        where TContext : notnull
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,

            // A proxy in front may have ended TLS and still say so in HTTP/2's :scheme.
            AllowAlternateSchemes = true,

            // See Upstream: header bytes pass as they came.
            RequestHeaderEncodingSelector = static _ => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };

        // Bodies are streamed, so their size and pace are the application's business; silence is bounded by requestTimeout.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        foreach (var request in requests)
        {
            options.Listen(request.Address, listen => listen.Protocols = request.Protocols);
        }

        var transport = new ExplainingTransport(requests);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(application, cancellation);
            return new Listener(server, transport);
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Accepts no more, waits for what is under way until the token is cancelled, then breaks it off.</summary>
    public Task StopAsync(CancellationToken hurry) => server.StopAsync(hurry);

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(new CancellationToken(canceled: true));
        server.Dispose();
    }
}

using System.Net;
using System.Text;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>The one client that all requests of a gateway share: it passes on, and adds nothing of its own.</summary>
internal static class Upstream
{
    /// <summary>
    /// Shorter than the keep-alive time of common application servers (gunicorn 2 s, uvicorn and Node 5 s), so that the gateway
    /// drops an idle connection before the application does: a request that meets its closing cannot always be sent again.
    /// </summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(1.5);

    /// <summary>Destinations are on this machine: who does not accept within 5 s is overrun.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    public static HttpMessageInvoker Create() => new(
        new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTime,
            EnableMultipleHttp2Connections = true,
            MaxConnectionsPerServer = int.MaxValue,
            PooledConnectionIdleTimeout = IdleTime,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            UseCookies = false,
            UseProxy = false,

            // Header bytes pass as they came, whatever their encoding: Latin-1 maps each byte to one character and back.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        },
        disposeHandler: true);
}

using System.Diagnostics;
using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>One request on its way to a target: adds what an ALB adds, keeps the client's Host, takes the time.</summary>
internal sealed class ForwardingTransformer(string scheme, int listenerPort) : HttpTransformer
{
    private long sent;

    public int? Status { get; private set; }

    public double? Seconds { get; private set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        var client = httpContext.Connection.RemoteIpAddress?.MapToIPv4() ?? IPAddress.Loopback;
        Set("X-Forwarded-For", httpContext.Request.Headers["X-Forwarded-For"] is { Count: > 0 } before ? $"{before}, {client}" : client.ToString());
        Set("X-Forwarded-Proto", scheme);
        Set("X-Forwarded-Port", listenerPort.ToString());
        if (!httpContext.Request.Headers.ContainsKey("X-Amzn-Trace-Id"))
            Set("X-Amzn-Trace-Id", $"Root=1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{Guid.NewGuid():N}"[..42]);
        sent = Stopwatch.GetTimestamp();

        void Set(string name, string value)
        {
            proxyRequest.Headers.Remove(name);
            proxyRequest.Headers.TryAddWithoutValidation(name, value);
        }
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            Seconds = Stopwatch.GetElapsedTime(sent).TotalSeconds;
            Status = (int)proxyResponse.StatusCode;
        }

        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }
}

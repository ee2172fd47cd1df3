using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Gateway.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>
/// One request and its response. The object belongs to a connection (HTTP/2: a stream) and is used again for its next request;
/// being YARP's transformer itself, it needs no per-request closure or lookup to carry what is measured.
/// </summary>
internal sealed class Exchange(TimeProvider time) : HttpTransformer, IHttpRequestLifetimeFeature, IHttpResetFeature
{
    public const string VersionHeaderName = "x-mldeploy-version";

    private readonly DefaultHttpContext http = new();
    private IHttpRequestLifetimeFeature? lifetime;
    private IHttpResetFeature? reset;
    private long arrived;
    private long answered;

    public HttpContext Http => http;

    public ExchangeTap Tap { get; } = new();

    public RoutingSnapshot Snapshot { get; set; } = null!;

    public Placement Placement { get; set; }

    /// <summary>The arm that answers; differs from the placement's after a retry under newer routes.</summary>
    public GatewayArm? Arm { get; set; }

    /// <summary>The instance asked now.</summary>
    public Destination? Destination { get; set; }

    /// <summary>The application's answer; 0 before there is one.</summary>
    public int Status { get; private set; }

    /// <summary>The response body arrived to its end.</summary>
    public bool Complete { get; private set; }

    /// <summary>YARP ended the response, not the client.</summary>
    public bool BrokenOff { get; private set; }

    /// <summary>A WebSocket or another protocol took the connection over.</summary>
    public bool Upgraded => Status == StatusCodes.Status101SwitchingProtocols;

    /// <summary>Arrival to response headers; to now while there are none.</summary>
    public long Microseconds =>
        (long)time.GetElapsedTime(arrived, answered == 0 ? time.GetTimestamp() : answered).TotalMicroseconds;

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => lifetime!.RequestAborted;
        set => lifetime!.RequestAborted = value;
    }

    public void Begin(IFeatureCollection features)
    {
        http.Initialize(features);
        arrived = time.GetTimestamp();
        Forget();
    }

    public void End()
    {
        Tap.End();
        http.Uninitialize();
        lifetime = null;
        reset = null;
        Arm = null;
        Destination = null;
        Placement = default;
        Snapshot = null!;
    }

    /// <summary>Nothing of a failed attempt remains in the response to the next.</summary>
    public void Forget()
    {
        answered = 0;
        Status = 0;
        Complete = false;
        BrokenOff = false;
    }

    /// <summary>On an upgrade it is the accepted handshake that counts: the connection may stay for days.</summary>
    public Action<Exchange>? OnUpgrade { get; set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = Destination!.Target.Of(httpContext);
        ForwardedHeaders.Add(httpContext, proxyRequest.Headers);
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        Mark(httpContext.Response);
        if (proxyResponse is not null)
        {
            answered = time.GetTimestamp();
            Status = (int)proxyResponse.StatusCode;
            if (Upgraded)
            {
                OnUpgrade?.Invoke(this);
            }
            else
            {
                WatchForAbort(httpContext.Features);
                Tap.BeginResponse(httpContext);
            }
        }

        return copyBody;
    }

    /// <summary>Called by YARP after the last byte of the body.</summary>
    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        Complete = true;
        return base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }

    /// <summary>Who answered, and the cookie of a user who has none.</summary>
    public void Mark(HttpResponse response)
    {
        if (Arm is not null)
        {
            response.Headers[VersionHeaderName] = Arm.VersionHeader;
        }

        if (Placement.NewUserId is { } id)
        {
            response.Headers.Append("Set-Cookie", $"{Snapshot.Routes.Stickiness!.Name}={id}; Path=/; HttpOnly; SameSite=Lax");
        }
    }

    void IHttpRequestLifetimeFeature.Abort()
    {
        NoteAbort();
        lifetime!.Abort();
    }

    void IHttpResetFeature.Reset(int errorCode)
    {
        NoteAbort();
        reset!.Reset(errorCode);
    }

    // YARP reports a client that left and an application that fell silent as the same "cancelled", and aborts the request
    // for both; only at the moment of that abort can one tell whether the client had gone before.
    private void NoteAbort() => BrokenOff = !lifetime!.RequestAborted.IsCancellationRequested;

    private void WatchForAbort(IFeatureCollection features)
    {
        lifetime = features.Get<IHttpRequestLifetimeFeature>();
        features.Set<IHttpRequestLifetimeFeature>(this);
        reset = features.Get<IHttpResetFeature>();
        if (reset is not null)
        {
            features.Set<IHttpResetFeature>(this);
        }
    }
}

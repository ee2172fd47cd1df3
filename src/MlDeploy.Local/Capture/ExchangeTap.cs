using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlDeploy.Local.Capture;

/// <summary>
/// What capture holds of the one request an exchange is busy with: two copies, made as the bytes pass, and handed over after the answer was sent.
/// Belongs to an exchange and is used again for its next request; without a model, or for requests that are no predictions, it does nothing.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The streams hold nothing of their own, and the request's bodies are Kestrel's.")]
internal sealed class ExchangeTap
{
    private readonly BodyCopy request = new();
    private readonly BodyCopy response = new();
    private readonly TappedRequest requestStream;
    private readonly TappedResponse responseStream;
    private ArmCapture? arm;
    private bool answered;
    private bool leftOut;

    public ExchangeTap()
    {
        requestStream = new TappedRequest(request);
        responseStream = new TappedResponse(response);
    }

    /// <summary>Before the request is forwarded.</summary>
    public void BeginRequest(HttpContext http, ArmCapture? capture)
    {
        if (arm is not null)
        {
            // Sent once more, perhaps to what took the arm's place; nothing of the body was read.
            arm = capture ?? arm;
            return;
        }

        if (capture is not { Log: null } || !MayPredict(http.Request) || !capture.IsSampled())
        {
            return;
        }

        arm = capture;
        leftOut = capture.IsFull;
        if (leftOut)
        {
            return;
        }

        requestStream.Begin(http.Request.Body);
        http.Request.Body = requestStream;
    }

    /// <summary>When the application's answer begins.</summary>
    public void BeginResponse(HttpContext http)
    {
        if (arm is not null && !leftOut && !answered && http.Response.StatusCode is >= 200 and < 300)
        {
            answered = true;
            responseStream.Begin(http.Features);
        }
    }

    /// <summary>After the answer was sent. Never waits.</summary>
    /// <param name="status">The application's; 0 when there was none.</param>
    /// <param name="complete">The answer arrived to its end.</param>
    public void Hand(HttpContext http, int status, bool complete, int step)
    {
        if (arm is not { } capture || status == 0)
        {
            return;
        }

        var length = http.Request.ContentLength;
        if (leftOut || request.Overflows || response.Overflows || request.IsEmpty || (answered && !complete) || (length is { } promised ? request.Length != promised : !requestStream.Complete))
        {
            capture.CountDropped(step);
            return;
        }

        capture.Offer(new CapturedExchange(
            capture, step, request.Take(), http.Request.Headers.ContentEncoding.ToString(),
            response.Take(), answered ? http.Response.Headers.ContentEncoding.ToString() : "", answered));
    }

    /// <summary>Gives back what was not handed over.</summary>
    public void End()
    {
        if (arm is null)
        {
            return;
        }

        request.Clear();
        response.Clear();
        requestStream.End();
        responseStream.End();
        (arm, answered, leftOut) = (null, false, false);
    }

    /// <summary>Predictions are asked for with a body; streams of messages (gRPC) and uploads are none.</summary>
    private static bool MayPredict(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentLength is not 0
        && !(request.ContentType is { } type && (type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)))
        && (request.HttpContext.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true);
}

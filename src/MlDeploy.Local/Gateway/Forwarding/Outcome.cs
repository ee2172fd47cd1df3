using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway.Forwarding;

internal enum Outcome
{
    Succeeded,
    Failed,

    /// <summary>The client left, or sent a broken body, before there was an answer.</summary>
    HungUp,
}

/// <summary>How a request counts.</summary>
internal static class Outcomes
{
    /// <param name="error">How forwarding ended.</param>
    /// <param name="status">What the application answered; 0 when there were no response headers.</param>
    /// <param name="complete">The response body arrived to its end.</param>
    /// <param name="brokenOff">The gateway broke the response off because the application fell silent.</param>
    public static Outcome Of(ForwarderError error, int status, bool complete, bool brokenOff)
    {
        if (status == 0)
        {
            return error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
                ? Outcome.HungUp
                : Outcome.Failed;
        }

        if (status >= 500)
        {
            return Outcome.Failed;
        }

        // A client that leaves in the middle of an answer (as readers of event streams do) got that answer's status.
        var broken = !complete && (brokenOff || error is ForwarderError.ResponseBodyDestination
            or ForwarderError.RequestBodyDestination or ForwarderError.ResponseHeaders);
        return broken ? Outcome.Failed : Outcome.Succeeded;
    }
}

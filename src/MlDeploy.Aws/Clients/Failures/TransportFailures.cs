namespace MlDeploy.Aws.Clients.Failures;

/// <summary>What a broken connection means.</summary>
internal static class TransportFailures
{
    /// <summary>The request was never sent.</summary>
    public static bool Unreachable(HttpRequestError error) =>
        error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    /// <summary>The innermost reason: "Connection refused", not "An error occurred while sending the request".</summary>
    public static string Reason(Exception failure)
    {
        var reason = failure;
        while (reason.InnerException is { } inner)
        {
            reason = inner;
        }

        return Redaction.Of(reason.Message);
    }
}

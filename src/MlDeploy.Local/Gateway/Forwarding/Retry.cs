using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlDeploy.Local.Gateway.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>
/// Whether a request that found its instance dead may be sent once more, to another instance of the same arm (or, when the arm
/// was just taken out of the routes, to what took its place). Only if that cannot run it twice: nothing was sent because no
/// connection came about, or the method is idempotent and has no body. Never to the other arm: a candidate that
/// refuses connections has failed its requests, and hiding that would hide it from its gates.
/// </summary>
internal static class Retry
{
    /// <returns>Where to send it, counted as under way there, with the exchange made ready; null to let the failure stand.</returns>
    public static Destination? Elsewhere(Exchange exchange, ForwarderError error, RoutingSnapshot current, Destination failed)
    {
        if (error != ForwarderError.Request || exchange.Http.Response.HasStarted || !IsSafe(exchange.Http))
        {
            return null;
        }

        var route = current.RouteOf(exchange.Arm!) ?? current.Stable;
        if (route?.Pick(except: failed) is not { } next)
        {
            return null;
        }

        next.Enter();
        exchange.Arm = route.Arm;
        exchange.Forget();
        exchange.Http.Response.Clear();
        exchange.Http.Features.Set<IForwarderErrorFeature>(null);
        return next;
    }

    private static bool IsSafe(HttpContext http) =>
        NothingWasSent(http.Features.Get<IForwarderErrorFeature>()?.Exception) || (IsIdempotent(http.Request.Method) && !HasBody(http));

    private static bool NothingWasSent(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException };

    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsTrace(method);

    private static bool HasBody(HttpContext http) => http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
}

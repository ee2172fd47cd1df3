using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>
/// The address a request is sent to: the target exactly as the client wrote it, not decoded and encoded again.
/// An application that predicts is mostly asked for one path, so each destination remembers the latest.
/// </summary>
internal sealed class TargetAddress(string prefix)
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private Remembered? latest;

    public Uri Of(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (Volatile.Read(ref latest) is { } known && known.Target == target)
        {
            return known.Address;
        }

        // Not a path: "*", or an absolute address as clients send it to a proxy.
        if (!target.StartsWith('/') || !Uri.TryCreate(prefix + target, AsWritten, out var address))
        {
            return RequestUtilities.MakeDestinationAddress(prefix, http.Request.Path, http.Request.QueryString);
        }

        Volatile.Write(ref latest, new Remembered(target, address));
        return address;
    }

    private sealed record Remembered(string Target, Uri Address);
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>The address a request is sent to: the target exactly as the client wrote it, not decoded and encoded again.</summary>
internal static class TargetAddress
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public static Uri Of(HttpContext http, string prefix)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return target.StartsWith('/') && Uri.TryCreate(prefix + target, AsWritten, out var address)
            ? address
            : RequestUtilities.MakeDestinationAddress(prefix, http.Request.Path, http.Request.QueryString);
    }
}

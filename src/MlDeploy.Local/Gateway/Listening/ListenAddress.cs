using System.Globalization;
using System.Net;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Gateway.Listening;

/// <summary><c>host:port</c> of the manifest → an address to bind: an IP address, <c>[IPv6]</c>, <c>localhost</c>, or <c>*</c> for all.</summary>
internal static class ListenAddress
{
    public static IPEndPoint Parse(string text, string setting)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= IPEndPoint.MaxPort
            && ParseHost(text[..colon]) is { } host)
        {
            return new IPEndPoint(host, port);
        }

        throw new ExpectedException(
            ExitCode.TargetFailed,
            $"{setting}: '{text}' is not an address to listen on.",
            $"Write {setting} as host:port, where host is an IP address, localhost, or * for all, for example 127.0.0.1:8080 or [::1]:8080.");
    }

    private static IPAddress? ParseHost(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ when host.Contains(':') != host.StartsWith('[') => null,
        _ => IPAddress.TryParse(host, out var address) ? address : null,
    };
}

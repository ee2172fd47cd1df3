using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>
/// <c>X-Forwarded-*</c>, as nginx and HAProxy do by habit: the client's address is appended; scheme and host are kept when a
/// proxy in front has set them (it may have ended TLS), and set otherwise. <c>Host</c> itself passes unchanged.
/// </summary>
internal static class ForwardedHeaders
{
    private const string For = "X-Forwarded-For";
    private const string Host = "X-Forwarded-Host";
    private const string Proto = "X-Forwarded-Proto";

    /// <param name="headers">The client's headers are copied here already; a second value is joined with a comma.</param>
    public static void Add(HttpContext http, HttpRequestHeaders headers)
    {
        var request = http.Request;
        if (http.Connection.RemoteIpAddress is { } client)
        {
            headers.TryAddWithoutValidation(For, client.ToString());
        }

        if (request.Headers[Proto].Count == 0)
        {
            headers.TryAddWithoutValidation(Proto, request.Scheme);
        }

        if (request.Headers[Host].Count == 0 && request.Headers.Host is [{ Length: > 0 } host, ..])
        {
            headers.TryAddWithoutValidation(Host, host);
        }
    }
}

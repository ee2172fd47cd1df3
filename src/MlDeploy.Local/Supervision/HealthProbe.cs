using System.Net;
using System.Text;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Local.Supervision;

/// <param name="Said">What was asked and answered, for the reader: `GET /health answered 503: warming up`.</param>
public sealed record HealthAnswer(bool Healthy, string Said);

/// <summary>
/// Asks an instance for its health: any 2xx within the timeout is healthy. Each probe opens its own connection, since an
/// application that no longer accepts any is not healthy however well it answers on an old one.
/// </summary>
public sealed class HealthProbe(HttpMessageInvoker http, HealthSettings settings, TimeProvider time)
{
    private const int LongestQuote = 500;

    /// <summary>A client without proxy, redirects and cookies; one serves all probes.</summary>
    public static HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
    });

    public async Task<HealthAnswer> AskAsync(int port, CancellationToken cancel)
    {
        var asked = $"GET http://127.0.0.1:{port}{settings.Path}";
        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{settings.Path}");
            request.Headers.ConnectionClose = true;
            request.Headers.UserAgent.ParseAdd("mldeploy-health");
            using var response = await http.SendAsync(request, either.Token);
            if (response.IsSuccessStatusCode)
                return new HealthAnswer(true, $"{asked} answered {(int)response.StatusCode}");
            var quote = await QuoteAsync(response, either.Token);
            return new HealthAnswer(false, $"{asked} answered {(int)response.StatusCode}{(quote.Length > 0 ? $": {quote}" : "")}");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new HealthAnswer(false, $"{asked} was not answered within {settings.Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UriFormatException)
        {
            return new HealthAnswer(false, $"{asked} failed: {error.Message}");
        }
    }

    private static async Task<string> QuoteAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var buffer = new byte[LongestQuote];
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(buffer, 0, length).ReplaceLineEndings(" ").Trim();
    }
}

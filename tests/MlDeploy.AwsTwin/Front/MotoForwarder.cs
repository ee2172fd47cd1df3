using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace MlDeploy.AwsTwin.Front;

/// <summary>Passes a request on to moto byte for byte: path, query, Host and headers stay as they were signed.</summary>
internal sealed class MotoForwarder(Uri moto) : IDisposable
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Content-Length",
    };

    public Uri Address => moto;

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    /// <param name="body">What was read of the body already; null to stream it.</param>
    /// <returns>The status sent.</returns>
    public async Task<int> ForwardAsync(HttpContext context, byte[]? body, CancellationToken cancel)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var uri = new Uri($"http://{moto.Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), uri);
        if (body is { Length: > 0 })
        {
            request.Content = new ByteArrayContent(body);
        }
        else if (body is null && (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentLength = context.Request.ContentLength;
        }
        else if (context.Request.ContentLength == 0)
        {
            request.Content = new ByteArrayContent([]);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (!HopByHop.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        using var reply = await http.SendAsync(request, cancel);
        context.Response.StatusCode = (int)reply.StatusCode;
        foreach (var (name, values) in reply.Headers.Concat(reply.Content.Headers))
        {
            if (!HopByHop.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        if (reply.Content.Headers.ContentLength is { } length)
        {
            context.Response.ContentLength = length;
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await reply.Content.CopyToAsync(context.Response.Body, cancel);
        }

        return context.Response.StatusCode;
    }

    /// <summary>For services that look at what moto answers before, or instead of, passing it on.</summary>
    public async Task<TwinReply> AskAsync(TwinRequest asked, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri(moto, asked.Path)) { Content = new ByteArrayContent(asked.Body) };
        foreach (var (name, values) in asked.Headers)
        {
            if (!HopByHop.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        using var reply = await http.SendAsync(request, cancel);
        return TwinReply.OfRaw((int)reply.StatusCode, reply.Content.Headers.ContentType?.ToString() ?? "text/plain", await reply.Content.ReadAsByteArrayAsync(cancel));
    }

    public void Dispose() => http.Dispose();
}

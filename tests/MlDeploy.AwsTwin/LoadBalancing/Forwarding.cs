using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>Carries out what a listener's rules say about one request.</summary>
internal sealed class Forwarding(TargetRegistry targets, TargetAddresses addresses, Random random, Action<BalancedRequest> note) : IAsyncDisposable
{
    /// <summary>An ALB's idle_timeout.default.</summary>
    private static readonly ForwarderRequestConfig Request = new() { ActivityTimeout = TimeSpan.FromSeconds(60), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider();
    private readonly HttpMessageInvoker upstream = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        UseCookies = false,
        UseProxy = false,
        // Shorter than the keep-alive time of common application servers, so that the balancer drops an idle connection first.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1.5),
    });

    private int turn;

    public async Task AnswerAsync(HttpContext context, Configuration configuration, LoadBalancer balancer, Listener listener)
    {
        switch (RuleMatching.Choose(listener, context.Request))
        {
            case ForwardAction forward:
                await ForwardAsync(context, configuration, balancer, listener, forward);
                break;
            case FixedResponseAction fixedResponse:
                context.Response.StatusCode = fixedResponse.Status;
                context.Response.Headers.Server = "awselb/2.0";
                context.Response.ContentType = fixedResponse.ContentType ?? "text/plain";
                note(new BalancedRequest(balancer, null, null, fixedResponse.Status, null));
                await context.Response.WriteAsync(fixedResponse.Body ?? "");
                break;
            case RedirectAction redirect:
                context.Response.StatusCode = redirect.Status;
                context.Response.Headers.Server = "awselb/2.0";
                context.Response.Headers.Location = Location(redirect, context.Request, listener);
                note(new BalancedRequest(balancer, null, null, redirect.Status, null));
                break;
            default:
                await FailAsync(context, balancer, null, StatusCodes.Status501NotImplemented);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        upstream.Dispose();
        await services.DisposeAsync();
    }

    private async Task ForwardAsync(HttpContext context, Configuration configuration, LoadBalancer balancer, Listener listener, ForwardAction forward)
    {
        var group = Choose(forward) is { } arn ? configuration.TargetGroups.GetValueOrDefault(arn) : null;
        var routable = group is null ? [] : targets.Routable(group.Arn);
        if (routable.IsEmpty)
        {
            await FailAsync(context, balancer, null, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        var target = routable[(int)((uint)Interlocked.Increment(ref turn) % (uint)routable.Length)];
        if (addresses.Find(target.Id, target.Port) is not { } endpoint)
        {
            await FailAsync(context, balancer, group, StatusCodes.Status504GatewayTimeout);
            return;
        }

        var passage = new ForwardingTransformer(listener.Protocol.ToLowerInvariant(), listener.Port);
        var error = await services.GetRequiredService<IHttpForwarder>().SendAsync(context, $"http://{endpoint}", upstream, Request, passage);
        if (passage.Status is { } status)
        {
            note(new BalancedRequest(balancer, group, status, null, passage.Seconds));
        }
        else if (error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled)
        {
            // The client left first: an ALB logs 460, which counts as ELB 4xx.
            note(new BalancedRequest(balancer, group, null, 460, null));
        }
        else
        {
            await FailAsync(context, balancer, group, error is ForwarderError.RequestTimedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway);
        }
    }

    private Task FailAsync(HttpContext context, LoadBalancer balancer, TargetGroup? group, int status)
    {
        note(new BalancedRequest(balancer, group, null, status, null));
        return context.Response.HasStarted ? Task.CompletedTask : BalancerErrors.WriteAsync(context, status);
    }

    private string? Choose(ForwardAction forward)
    {
        var total = forward.Groups.Sum(group => group.Weight);
        if (total == 0)
            return null;
        int drawn;
        lock (random)
            drawn = random.Next(total);
        foreach (var group in forward.Groups)
        {
            drawn -= group.Weight;
            if (drawn < 0)
                return group.Arn;
        }

        return null;
    }

    private static string Location(RedirectAction redirect, HttpRequest request, Listener listener)
    {
        var protocol = Fill(redirect.Protocol).ToLowerInvariant();
        var port = Fill(redirect.Port);
        var isDefault = (protocol, port) is ("http", "80") or ("https", "443");
        var query = Fill(redirect.Query);
        return $"{protocol}://{Fill(redirect.Host)}{(isDefault ? "" : ":" + port)}{Fill(redirect.Path)}{(query.Length > 0 ? "?" + query : "")}";

        string Fill(string text) => text
            .Replace("#{protocol}", listener.Protocol, StringComparison.Ordinal)
            .Replace("#{host}", request.Host.Host, StringComparison.Ordinal)
            .Replace("#{port}", listener.Port.ToString(), StringComparison.Ordinal)
            .Replace("#{path}", (request.Path.Value ?? "/").TrimStart('/'), StringComparison.Ordinal)
            .Replace("#{query}", request.QueryString.Value?.TrimStart('?') ?? "", StringComparison.Ordinal);
    }
}

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlDeploy.Local.Gateway.Recording;
using MlDeploy.Local.Gateway.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>
/// What Kestrel calls for each request: place it, forward it, record it. It stands where ASP.NET Core's hosting layer
/// usually does (no middleware, no logging scope, no activity), which is what makes the gateway cheaper than a bare forwarder.
/// </summary>
internal sealed class Dispatcher(IHttpForwarder forwarder, HttpMessageInvoker upstream, GatewayCounters counters, AccessLog? log, TimeProvider time)
    : IHttpApplication<Exchange>
{
    private RoutingSnapshot current = null!;

    public RoutingSnapshot Current => Volatile.Read(ref current);

    /// <summary>From when this returns, no request is placed by the snapshot before: it is counted as under way, or was not placed.</summary>
    public void Use(RoutingSnapshot snapshot) => Interlocked.Exchange(ref current, snapshot);

    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        Exchange exchange;
        if (contextFeatures is IHostContextContainer<Exchange> connection)
        {
            exchange = connection.HostContext ??= NewExchange();
        }
        else
        {
            exchange = NewExchange();
        }

        exchange.Begin(contextFeatures);
        return exchange;
    }

    public async Task ProcessRequestAsync(Exchange context)
    {
        var destination = Admit(context);
        if (destination is null)
        {
            await RefuseAsync(context);
            return;
        }

        try
        {
            var error = await SendAsync(context, destination);
            if (error != ForwarderError.None && Retry.Elsewhere(context, error, Current, destination) is { } next)
            {
                destination.Leave();
                destination = next;
                error = await SendAsync(context, destination);
            }

            if (error != ForwarderError.None && !context.Http.Response.HasStarted)
            {
                await ErrorReply.WriteAsync(context.Http.Response);
            }

            if (!context.Upgraded)
            {
                Record(context, Outcomes.Of(error, context.Status, context.Complete, context.BrokenOff));
                context.Tap.Hand(context.Http, context.Status, context.Complete, context.Snapshot.Step);
            }
        }
        finally
        {
            destination.Leave();
        }
    }

    public void DisposeContext(Exchange context, Exception? exception) => context.End();

    /// <summary>
    /// Counts the request as under way, then looks whether the routes it was placed by still hold: either the drain of a removed
    /// arm sees this request, or this request sees that the arm was removed and is placed again.
    /// </summary>
    private Destination? Admit(Exchange exchange)
    {
        while (true)
        {
            var snapshot = Current;
            var placement = snapshot.Place(exchange.Http.Request);
            exchange.Snapshot = snapshot;
            exchange.Placement = placement;
            exchange.Arm = placement.Route?.Arm;
            if (placement.Route?.Pick() is not { } destination)
            {
                return null;
            }

            destination.Enter();
            if (Current == snapshot)
            {
                return destination;
            }

            destination.Leave();
        }
    }

    private ValueTask<ForwarderError> SendAsync(Exchange exchange, Destination destination)
    {
        var arm = exchange.Arm!;
        exchange.Destination = destination;
        exchange.Tap.BeginRequest(exchange.Http, arm.Capture);
        var config = HttpProtocol.IsHttp2(exchange.Http.Request.Protocol) ? arm.Http2 : arm.Http1;
        return forwarder.SendAsync(exchange.Http, destination.Prefix, upstream, config, exchange);
    }

    /// <summary>No arm, or an arm without an instance: 503.</summary>
    private async Task RefuseAsync(Exchange exchange)
    {
        var response = exchange.Http.Response;
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = "1";
        exchange.Mark(response);
        await ErrorReply.WriteAsync(response);
        Record(exchange, Outcome.Failed);
    }

    private void Record(Exchange exchange, Outcome outcome)
    {
        var micros = exchange.Microseconds;
        var recorder = exchange.Snapshot.Step == Current.Step ? exchange.Arm?.Recorder : exchange.Arm?.Late;
        if (outcome == Outcome.HungUp)
        {
            recorder?.RecordHangUp(micros);
        }
        else
        {
            var failed = outcome == Outcome.Failed;
            counters.Count(failed);
            recorder?.Record(micros, failed);
            if (exchange.Placement.User != 0)
            {
                exchange.Snapshot.Census?.Record(exchange.Placement.Candidate, exchange.Placement.User, micros, failed);
            }
        }

        log?.Write(new AccessEntry(
            time.GetUtcNow(),
            exchange.Http.Connection.RemoteIpAddress,
            exchange.Http.Request.Method,
            exchange.Http.Request.Path.Value ?? "",
            outcome == Outcome.HungUp ? 499 : exchange.Http.Response.StatusCode,
            micros,
            exchange.Arm?.Label,
            exchange.Placement.Candidate));
    }

    private Exchange NewExchange() => new(time) { OnUpgrade = accepted => Record(accepted, Outcome.Succeeded) };
}

using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Applications;

/// <summary>The application's address: opens the gateway there, moves it, and keeps routes and totals over a move.</summary>
internal sealed class FrontDoor(ApplicationPaths paths, HostEnvironment environment)
{
    private static readonly TimeSpan AskAgainEvery = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private GatewayRoutes routes = GatewayRoutes.None;
    private GatewayTotals earlier = new(0, 0);
    private LocalTargetSettings? listening;
    private bool closed;

    /// <summary>Null while nothing listens.</summary>
    public ApplicationGateway? Gateway { get; private set; }

    /// <summary>Since this host started, over every gateway it had.</summary>
    public GatewayTotals Totals
    {
        get
        {
            lock (gate)
            {
                return Gateway is { } gateway ? Sum(earlier, gateway.Totals) : earlier;
            }
        }
    }

    public void SetRoutes(GatewayRoutes changed)
    {
        lock (gate)
        {
            routes = changed;
            Gateway?.SetRoutes(changed);
        }
    }

    /// <summary>Binds the address if that is not done yet; a changed one takes effect by <see cref="MoveAsync"/>.</summary>
    /// <exception cref="ExpectedException">The address cannot be bound.</exception>
    public async Task OpenAsync(AppManifest manifest)
    {
        if (Gateway is not null)
        {
            return;
        }

        var gateway = await StartAsync(manifest.Targets.Local);
        if (closed)
        {
            await gateway.DisposeAsync();
            return;
        }

        Use(gateway, manifest.Targets.Local);
    }

    /// <summary>The same where nobody waits for an answer: while someone else holds the address it is asked for again and again, since a closed door is an outage.</summary>
    public async Task OpenPersistentlyAsync(AppManifest manifest)
    {
        try
        {
            await OpenAsync(manifest);
        }
        catch (ExpectedException taken)
        {
            environment.Log.Write($"{manifest.Name}: {taken.Message}. {taken.Remedy}");
            _ = OpenLaterAsync(manifest);
        }
    }

    /// <summary>Moves to another address, bound before the old one is given up. When it cannot be bound, everything stays as it was.</summary>
    public async Task MoveAsync(AppManifest manifest)
    {
        var wanted = manifest.Targets.Local;
        if (Gateway is not { } old || listening is not { } before || wanted == before)
        {
            return;
        }

        if (!SharesAddress(wanted, before))
        {
            Use(await StartAsync(wanted), wanted);
            await RetireAsync(old, manifest.Application.Drain);
        }
    }

    /// <summary>
    /// What becomes of changed settings, for whoever deploys. An address that stays cannot be bound a second time without refusing
    /// traffic in between: such changes wait for the next host.
    /// </summary>
    public IEnumerable<string> Changes(AppManifest manifest)
    {
        var wanted = manifest.Targets.Local;
        return listening is not { } before || wanted == before ? []
            : SharesAddress(wanted, before) ? ["the changes under targets.local take effect with `mldeploy host restart`, since the address stays"]
            : [$"with the promotion the gateway moves from {before.Listen} to {wanted.Listen}: whoever still asks the old address is refused"];
    }

    public async Task CloseAsync()
    {
        closed = true;
        if (Gateway is { } gateway)
        {
            Gateway = null;
            await RetireAsync(gateway, TimeSpan.FromSeconds(1));
        }
    }

    private static GatewayTotals Sum(GatewayTotals one, GatewayTotals other) => new(one.Requests + other.Requests, one.Failures + other.Failures);

    private static bool SharesAddress(LocalTargetSettings one, LocalTargetSettings other) =>
        one.Listen == other.Listen || (one.ListenHttp2 is { } second && second == other.ListenHttp2);

    private async Task OpenLaterAsync(AppManifest manifest)
    {
        while (Gateway is null && !closed)
        {
            await Task.Delay(AskAgainEvery, environment.Clock);
            try
            {
                await OpenAsync(manifest);
                environment.Log.Write($"{manifest.Name}: listening again on {manifest.Targets.Local.Listen}");
            }
            catch (ExpectedException)
            {
                // Still taken.
            }
        }
    }

    private void Use(ApplicationGateway gateway, LocalTargetSettings settings)
    {
        lock (gate)
        {
            gateway.SetRoutes(routes);
            (Gateway, listening) = (gateway, settings);
        }
    }

    private async Task RetireAsync(ApplicationGateway gateway, TimeSpan drain)
    {
        await gateway.StopAsync(drain);
        lock (gate)
        {
            earlier = Sum(earlier, gateway.Totals);
            Gateway = Gateway == gateway ? null : Gateway;
        }

        await gateway.DisposeAsync();
    }

    private Task<ApplicationGateway> StartAsync(LocalTargetSettings settings) => ApplicationGateway.StartAsync(new GatewayOptions
    {
        Listen = settings.Listen,
        ListenHttp2 = settings.ListenHttp2,
        Time = environment.Clock,
        Random = new Random(environment.Random.Next()),
        AccessLog = settings.AccessLog ? new AccessLogOptions(paths.AccessLog) : null,
    });
}

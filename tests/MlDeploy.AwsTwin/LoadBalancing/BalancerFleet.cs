using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>
/// The running load balancers. Each has a loopback address of its own, which is its DNSName: `*.elb.localhost` would look more
/// like AWS, but no resolver need know it, while `127.1.2.3:80` is reached by every client. Where the system has only 127.0.0.1,
/// or forbids the port, the listener's real address differs, and `GET /_twin/` shows it.
/// </summary>
internal sealed class BalancerFleet(TwinContext context, TargetRegistry targets, Forwarding forwarding) : IAsyncDisposable
{
    private readonly SemaphoreSlim changing = new(1);
    private readonly Dictionary<string, (Listener Started, ListenerServer Server)> servers = [];
    private readonly Dictionary<string, IPAddress> addresses = [];
    private volatile Configuration configuration = Configuration.Empty;

    public Configuration Configuration => configuration;

    /// <summary>Brings the sockets in line with what moto records, before the call that changed it is answered.</summary>
    public async Task RefreshAsync(string region, CancellationToken cancel)
    {
        await changing.WaitAsync(cancel);
        try
        {
            using var records = context.Records(region);
            var read = await RecordReader.ReadAsync(records, cancel);
            var next = Merge(region, read);
            foreach (var gone in configuration.TargetGroups.Keys.Except(next.TargetGroups.Keys))
                targets.Forget(gone);
            configuration = next;
            await AlignAsync();
        }
        finally
        {
            changing.Release();
        }
    }

    public IPAddress AddressOf(string balancerArn)
    {
        lock (addresses)
        {
            if (!addresses.TryGetValue(balancerArn, out var address))
            {
                // The endpoint's port is this twin's alone on this machine, so twins side by side do not meet.
                var port = context.Endpoint.Port;
                address = OperatingSystem.IsLinux() ? new IPAddress([127, (byte)(1 + (addresses.Count % 250)), (byte)(port >> 8), (byte)port]) : IPAddress.Loopback;
                addresses[balancerArn] = address;
            }

            return address;
        }
    }

    public JsonArray Describe()
    {
        var now = configuration;
        return
        [
            .. now.LoadBalancers.Values.OrderBy(balancer => balancer.Name, StringComparer.Ordinal).Select(balancer => (JsonNode)new JsonObject
            {
                ["name"] = balancer.Name,
                ["arn"] = balancer.Arn,
                ["dnsName"] = AddressOf(balancer.Arn).ToString(),
                ["listeners"] = new JsonArray([.. now.Listeners.Where(listener => listener.LoadBalancerArn == balancer.Arn).Select(Describe)]),
            }),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await changing.WaitAsync();
        foreach (var (_, server) in servers.Values)
            await server.DisposeAsync();
        servers.Clear();
        await forwarding.DisposeAsync();
        changing.Dispose();
    }

    private JsonNode Describe(Listener listener) => new JsonObject
    {
        ["arn"] = listener.Arn,
        ["port"] = listener.Port,
        ["protocol"] = listener.Protocol,
        ["address"] = servers.TryGetValue(listener.Arn, out var running) ? running.Server.Address.ToString() : null,
        ["forwards"] = new JsonObject(listener.Rules.Select(rule => rule.Action).OfType<ForwardAction>().SelectMany(forward => forward.Groups)
            .DistinctBy(group => group.Arn).Select(group => KeyValuePair.Create(group.Arn, (JsonNode?)group.Weight))),
    };

    private Configuration Merge(string region, Configuration read)
    {
        var old = configuration;
        var mark = $":{region}:";
        return new Configuration(
            old.LoadBalancers.RemoveRange(old.LoadBalancers.Keys.Where(InRegion)).AddRange(read.LoadBalancers),
            [.. old.Listeners.Where(listener => !InRegion(listener.Arn)), .. read.Listeners],
            old.TargetGroups.RemoveRange(old.TargetGroups.Keys.Where(InRegion)).AddRange(read.TargetGroups));

        bool InRegion(string arn) => arn.Contains(mark, StringComparison.Ordinal);
    }

    private async Task AlignAsync()
    {
        var wanted = configuration.Listeners.ToDictionary(listener => listener.Arn);
        foreach (var (arn, (started, server)) in servers.ToImmutableArray())
        {
            if (wanted.TryGetValue(arn, out var listener) && listener.Port == started.Port && listener.Protocol == started.Protocol)
                continue;
            servers.Remove(arn);
            await server.DisposeAsync();
        }

        foreach (var listener in wanted.Values.Where(listener => !servers.ContainsKey(listener.Arn)))
            servers[listener.Arn] = (listener, await ListenerServer.StartAsync(listener, AddressOf(listener.LoadBalancerArn), http => AnswerAsync(http, listener.Arn)));
    }

    private Task AnswerAsync(HttpContext http, string listenerArn)
    {
        var now = configuration;
        return now.Listeners.FirstOrDefault(each => each.Arn == listenerArn) is { } listener
            ? forwarding.AnswerAsync(http, now, now.LoadBalancers[listener.LoadBalancerArn], listener)
            : BalancerErrors.WriteAsync(http, StatusCodes.Status503ServiceUnavailable);
    }
}

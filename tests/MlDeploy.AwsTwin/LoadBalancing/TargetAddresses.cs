using System.Collections.Concurrent;
using System.Net;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>
/// Where a target really listens. A task has a private address of the twin's VPC and its container's port, as on Fargate; the
/// process behind it listens on some free loopback port.
/// </summary>
internal sealed class TargetAddresses
{
    private readonly ConcurrentDictionary<(string Address, int Port), IPEndPoint> known = new();

    public void Map(string address, int port, IPEndPoint real) => known[(address, port)] = real;

    public void Forget(string address)
    {
        foreach (var key in known.Keys.Where(key => key.Address == address))
            known.TryRemove(key, out _);
    }

    /// <returns>Null when nobody is there: packets to it are lost, which a balancer sees as a time-out.</returns>
    public IPEndPoint? Find(string address, int port)
    {
        if (known.TryGetValue((address, port), out var real))
            return real;
        return IPAddress.TryParse(address, out var literal) && IPAddress.IsLoopback(literal) ? new IPEndPoint(literal, port) : null;
    }
}

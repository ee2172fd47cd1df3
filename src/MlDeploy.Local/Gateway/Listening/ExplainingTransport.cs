using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Gateway.Listening;

/// <summary>Kestrel's sockets, with an answer to which address could not be bound, why, and what to do.</summary>
internal sealed class ExplainingTransport(IReadOnlyList<ListenRequest> requests) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
    private readonly ConcurrentDictionary<EndPoint, EndPoint> bound = new();

    public IReadOnlyList<IPEndPoint> Bound => [.. requests.Select(request => (IPEndPoint)bound[request.Address])];

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var listener = await sockets.BindAsync(endpoint, cancellationToken);
            bound[endpoint] = listener.EndPoint;
            return listener;
        }
        catch (AddressInUseException inUse)
        {
            throw Explain(endpoint, SocketError.AddressAlreadyInUse, inUse);
        }
        catch (SocketException refused)
        {
            throw Explain(endpoint, refused.SocketErrorCode, refused);
        }
    }

    private ExpectedException Explain(EndPoint endpoint, SocketError error, Exception inner)
    {
        var request = requests.First(request => request.Address.Equals(endpoint));
        var (found, remedy) = error switch
        {
            SocketError.AddressAlreadyInUse => (
                "another process listens there already.",
                $"Stop that process, or choose another address: {request.Setting} in the manifest, or --set {request.Setting}=host:port."),
            SocketError.AccessDenied => (
                "this user may not listen there.",
                $"Choose a port of 1024 or above: {request.Setting} in the manifest, or --set {request.Setting}=host:port."),
            SocketError.AddressNotAvailable => (
                "this machine does not have that address.",
                $"Choose an address of this machine, or * for all: {request.Setting} in the manifest, or --set {request.Setting}=host:port."),
            _ => (
                $"{inner.Message}.",
                $"Choose another address: {request.Setting} in the manifest, or --set {request.Setting}=host:port."),
        };
        return new ExpectedException(ExitCode.TargetFailed, $"Cannot listen on {request.Text} ({request.Setting}): {found}", remedy, inner);
    }
}

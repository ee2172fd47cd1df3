using System.Net;
using System.Net.Sockets;

namespace MlDeploy.AwsTwin.Processes;

/// <summary>A loopback port that nobody listens on at this moment.</summary>
internal static class FreePort
{
    public static int Find(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

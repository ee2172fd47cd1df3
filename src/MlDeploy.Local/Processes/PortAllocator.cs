using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Processes;

/// <summary>
/// Ports for application processes. They lie below the range the kernel takes outgoing connections from, where any connection
/// could take the port between choosing and binding it, and are not handed out twice while leased.
/// </summary>
public sealed class PortAllocator
{
    // Above what well-known servers use by habit (3000, 5432, 8080, 9090), below Linux's outgoing range (32768 on).
    private const int Lowest = 20_000;
    private const int Highest = 32_767;

    private readonly Lock gate = new();
    private readonly HashSet<int> leased = [];
    private readonly int lowest;
    private readonly int highest;
    private int next;

    public PortAllocator(Random random)
        : this(random, OutgoingRange())
    {
    }

    internal PortAllocator(Random random, (int Low, int High) outgoing)
    {
        (lowest, highest) = RangeBeside(outgoing);
        next = random.Next(lowest, highest + 1);
    }

    /// <summary>A port that nothing listens on, leased until <see cref="Release"/>. Released ports come round last.</summary>
    /// <exception cref="ExpectedException">Every port of the range is taken.</exception>
    public int Lease()
    {
        lock (gate)
        {
            for (var tried = lowest; tried <= highest; tried++)
            {
                var port = next;
                next = next == highest ? lowest : next + 1;
                if (!leased.Contains(port) && IsFree(port))
                {
                    leased.Add(port);
                    return port;
                }
            }
        }

        throw new ExpectedException(
            ExitCode.TargetFailed,
            $"No port between {lowest} and {highest} is free for the application.",
            "End what holds them (`ss -ltnp` shows it) and deploy again.");
    }

    /// <summary>Leases the port of an adopted process, which listens on it already.</summary>
    public void Reserve(int port)
    {
        lock (gate)
            leased.Add(port);
    }

    public void Release(int port)
    {
        lock (gate)
            leased.Remove(port);
    }

    /// <summary>True when an application could bind it, on loopback as on every address. Somebody else may take it a moment later.</summary>
    public static bool IsFree(int port) =>
        CanBind(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port) && CanBind(IPAddress.Loopback, port);

    // Bound but never listening: nobody can connect, and the port leaves no trace when it is closed.
    private static bool CanBind(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressFamilyNotSupported)
        {
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static (int Low, int High) RangeBeside((int Low, int High) outgoing)
    {
        if (outgoing.Low > Highest || outgoing.High < Lowest)
            return (Lowest, Highest);
        const int Enough = 1000;
        if (outgoing.Low - Lowest >= Enough)
            return (Lowest, outgoing.Low - 1);
        if (outgoing.Low - 1024 >= Enough)
            return (Math.Max(1024, outgoing.Low - 10 * Enough), outgoing.Low - 1);
        if (65_535 - outgoing.High >= Enough)
            return (outgoing.High + 1, 65_535);
        return (Lowest, Highest);
    }

    private static (int Low, int High) OutgoingRange()
    {
        Span<byte> buffer = stackalloc byte[64];
        var length = OperatingSystem.IsLinux() ? ProcFile.Read("/proc/sys/net/ipv4/ip_local_port_range", buffer) : 0;
        var fields = length <= 0 ? [] : Encoding.ASCII.GetString(buffer[..length]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields is [var low, var high] && int.TryParse(low, CultureInfo.InvariantCulture, out var from) && int.TryParse(high, CultureInfo.InvariantCulture, out var to)
            ? (from, to)
            : (49_152, 65_535); // RFC 6335's dynamic ports: macOS and Windows
    }
}

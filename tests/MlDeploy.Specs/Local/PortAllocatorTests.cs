using System.Net;
using System.Net.Sockets;
using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

public sealed class PortAllocatorTests
{
    [Fact]
    public void Ports_are_not_handed_out_twice_and_can_be_bound()
    {
        var allocator = new PortAllocator(new Random(1));
        var ports = Enumerable.Range(0, 200).Select(_ => allocator.Lease()).ToArray();
        Assert.Distinct(ports);
        Assert.All(ports, port => Assert.InRange(port, 1024, 65_535));
        using var listener = new TcpListener(IPAddress.Loopback, ports[0]);
        listener.Start();
    }

    [Theory]
    [InlineData(32_768, 60_999, 20_000, 32_767)] // Linux
    [InlineData(49_152, 65_535, 20_000, 32_767)] // macOS, Windows
    [InlineData(25_000, 60_999, 20_000, 24_999)]
    [InlineData(15_000, 61_000, 5_000, 14_999)]
    [InlineData(1_024, 60_999, 61_000, 65_535)]
    [InlineData(1_024, 65_535, 20_000, 32_767)] // nothing is left beside it
    public void They_lie_beside_the_range_of_outgoing_connections(int low, int high, int from, int to)
    {
        var allocator = new PortAllocator(new Random(1), (low, high));
        Assert.All(Enumerable.Range(0, 20).Select(_ => allocator.Lease()), port => Assert.InRange(port, from, to));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::1")]
    public void A_port_somebody_listens_on_is_not_free(string address)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !address.Contains(':', StringComparison.Ordinal), "no IPv6 here");
        var allocator = new PortAllocator(new Random(2));
        var port = allocator.Lease();
        Assert.True(PortAllocator.IsFree(port));
        using var listener = new TcpListener(IPAddress.Parse(address), port);
        listener.Start();
        Assert.False(PortAllocator.IsFree(port));
    }

    [Fact]
    public void A_reserved_port_is_not_leased_until_it_is_released()
    {
        // 20 000 alone is left of this range after a thousand others: reserve everything but one.
        var allocator = new PortAllocator(new Random(3), (21_000, 65_535));
        var free = allocator.Lease();
        for (var port = 20_000; port < 21_000; port++)
            allocator.Reserve(port);
        Assert.Throws<Core.Errors.ExpectedException>(() => allocator.Lease());
        allocator.Release(free);
        Assert.Equal(free, allocator.Lease());
    }
}

using System.Net;
using System.Net.Sockets;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Gateway;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Gateway;

public sealed class ListeningSpecs
{
    [Fact]
    public async Task What_cannot_be_bound_is_explained()
    {
        await using var first = await GatewayFixture.StartAsync();
        var taken = first.Gateway.Address;
        var told = new List<string>();
        foreach (var listen in new[] { $"{taken}", "203.0.113.7:8080", "8080", "127.0.0.1", "127.0.0.1:99999", "no-such-host:80", "::1:80" })
        {
            var exception = await Assert.ThrowsAsync<ExpectedException>(() => GatewayFixture.StartAsync(listen: listen));
            Assert.Equal(ExitCode.TargetFailed, exception.ExitCode);
            told.Add($"{exception.Message}\n  {exception.Remedy}".Replace($"{taken}", "127.0.0.1:PORT"));
        }

        var golden = Path.Combine(AppContext.BaseDirectory, "Gateway", "ListeningSpecs.golden");
        Assert.Equal(await File.ReadAllTextAsync(golden), string.Join("\n\n", told));
    }

    [Fact]
    public async Task A_second_address_that_is_taken_is_the_one_named()
    {
        await using var first = await GatewayFixture.StartAsync();

        var exception = await Assert.ThrowsAsync<ExpectedException>(() => ApplicationGateway.StartAsync(new GatewayOptions
        {
            Listen = "127.0.0.1:0",
            ListenHttp2 = $"{first.Gateway.Address}",
            Time = TimeProvider.System,
            Random = new Random(1),
        }));

        Assert.StartsWith($"Cannot listen on {first.Gateway.Address} (targets.local.listenHttp2): another process", exception.Message);
    }

    [Theory]
    [InlineData("localhost:0")]
    [InlineData("[::1]:0")]
    [InlineData("*:0")]
    public async Task Names_and_both_families_can_be_listened_on(string listen)
    {
        await using var fixture = await GatewayFixture.StartAsync(listen: listen);

        Assert.NotEqual(0, fixture.Gateway.Address.Port);
        Assert.Null(fixture.Gateway.AddressHttp2);
    }

    [Fact]
    public async Task The_address_can_be_bound_again_at_once_after_connections_were_broken_off()
    {
        IPEndPoint address;
        await using (var fixture = await GatewayFixture.StartAsync())
        {
            address = fixture.Gateway.Address;
            var v1 = await fixture.VersionAsync("v1");
            fixture.Route(v1);

            // Closed from our side with the client still connected, its sockets stay in FIN-WAIT and TIME-WAIT on this port.
            using var client = new TcpClient();
            await client.ConnectAsync(address);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
            await Eventually.Holds(() => v1.Arm.Recorder.Snapshot().Requests == 1, "the request was answered");
            await fixture.Gateway.StopAsync(TimeSpan.Zero);
        }

        await using var again = await GatewayFixture.StartAsync(listen: $"{address}");

        Assert.Equal(address, again.Gateway.Address);
    }

    [Fact]
    public async Task A_stop_lets_the_request_under_way_finish()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);
        var waiting = fixture.Client.GetStringAsync("/wait");
        await Eventually.Holds(() => v1.Requests == 1, "the request is under way");

        var stop = fixture.Gateway.StopAsync(TimeSpan.FromSeconds(20));
        v1.Release();

        Assert.Equal("waited", await waiting);
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => fixture.NewClient().GetStringAsync("/"));
    }
}

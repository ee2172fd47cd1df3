using System.Net.WebSockets;
using MlDeploy.Local.Gateway;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Gateway;

public sealed class ChangeSpecs
{
    [Fact]
    public async Task Fifty_weight_changes_and_versions_coming_and_going_lose_no_request()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var stable = await fixture.VersionAsync("v0");
        fixture.Route(stable);
        using var stop = new CancellationTokenSource();
        var answered = 0L;
        var failed = new List<string>();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var response = await fixture.Client.PostAsync("/echo", new StringContent("order"));
                    Assert.Equal("order", await response.Content.ReadAsStringAsync());
                    Interlocked.Increment(ref answered);
                }
                catch (Exception exception)
                {
                    lock (failed)
                    {
                        failed.Add(exception.Message);
                    }
                }
            }
        })).ToArray();

        for (var change = 1; change <= 50;)
        {
            var candidate = await Backend.StartAsync($"v{change}");
            foreach (var weight in new[] { 0.05, 0.25, 0.5, 0.75, 1 })
            {
                fixture.Route(stable, candidate, weight);
                var seen = Interlocked.Read(ref answered);
                await Eventually.Holds(() => Interlocked.Read(ref answered) > seen + 40, "traffic under the new weight");
                change++;
            }

            // Promote on even rounds, roll back on odd ones; what leaves is drained, then killed.
            var (stays, leaves) = change % 2 == 0 ? (candidate, stable) : (stable, candidate);
            fixture.Route(stays);
            Assert.Equal(0, await fixture.Gateway.DrainAsync(leaves.Arm, TimeSpan.FromSeconds(20)));
            await leaves.DisposeAsync();
            stable = stays;
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(failed);
        Assert.Equal((Interlocked.Read(ref answered), 0), (fixture.Gateway.Totals.Requests, fixture.Gateway.Totals.Failures));
        Assert.Equal(1, fixture.Gateway.Totals.Availability);
        await stable.DisposeAsync();
    }

    [Fact]
    public async Task A_drain_waits_for_the_request_under_way_and_new_ones_go_to_the_other_version()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        var v2 = await fixture.VersionAsync("v2");
        fixture.Route(v1);
        var waiting = fixture.Client.GetStringAsync("/wait");
        await Eventually.Holds(() => v1.Requests == 1, "the request is under way");

        fixture.Route(v2);
        var drain = fixture.Gateway.DrainAsync(v1.Arm, TimeSpan.FromSeconds(20));

        Assert.Equal("v2", await fixture.Client.GetStringAsync("/"));
        Assert.False(drain.IsCompleted);
        Assert.Equal(1, v1.Arm.InFlight);
        v1.Release();
        Assert.Equal("waited", await waiting);
        Assert.Equal(0, await drain);
    }

    [Fact]
    public async Task A_drain_ends_when_its_time_is_over_and_says_what_is_left()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        var v2 = await fixture.VersionAsync("v2");
        fixture.Route(v1);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{fixture.Gateway.Address}/socket"), default);
        fixture.Route(v2);

        Assert.Equal(1, await fixture.Gateway.DrainAsync(v1.Arm, TimeSpan.FromMilliseconds(50)));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(0, await fixture.Gateway.DrainAsync(v1.Arm, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task One_instance_can_be_drained_while_its_arm_goes_on()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var one = await fixture.VersionAsync("v1");
        var two = await fixture.VersionAsync("v1");
        fixture.Route(one);
        var waiting = fixture.Client.GetStringAsync("/wait");
        await Eventually.Holds(() => one.Requests == 1, "the request is under way");
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(one.Arm, [two.Address]) });

        var drain = fixture.Gateway.DrainAsync(one.Arm, one.Address, TimeSpan.FromSeconds(20));

        Assert.Equal("v1", await fixture.Client.GetStringAsync("/"));
        Assert.Equal(1, two.Requests);
        Assert.False(drain.IsCompleted);
        one.Release();
        await waiting;
        Assert.Equal(0, await drain);
    }

    [Fact]
    public async Task Instances_share_an_arm()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var one = await fixture.VersionAsync("v1");
        var two = await fixture.VersionAsync("v1");
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(one.Arm, [one.Address, two.Address]) });

        for (var i = 0; i < 20; i++)
        {
            await fixture.Client.GetStringAsync("/");
        }

        Assert.Equal((10, 10), (one.Requests, two.Requests));
    }

    [Fact]
    public async Task A_promoted_arm_keeps_what_was_recorded_of_it()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        var v2 = await fixture.VersionAsync("v2");
        fixture.Route(v1, v2, 1);
        await fixture.Client.GetStringAsync("/");
        fixture.Route(v2);
        await fixture.Client.GetStringAsync("/");

        await Eventually.Holds(() => v2.Arm.Recorder.Snapshot().Requests == 2, "both are counted");
        Assert.Equal(1, fixture.Gateway.ReadBack().StableRequests);
    }
}

using System.Net;
using System.Net.Sockets;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Gateway.Recording;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Gateway;

public sealed class RecordingSpecs
{
    [Theory]
    [InlineData("/", 200, 0)]
    [InlineData("/fail", 500, 1)]
    [InlineData("/drop", 502, 1)]
    public async Task Every_answer_counts_and_5xx_is_a_failure(string path, int status, int failures)
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);

        using var response = await fixture.Client.PostAsync(path, new StringContent("x"));

        Assert.Equal(status, (int)response.StatusCode);
        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot().Requests == 1, "the request is counted");
        Assert.Equal(failures, v1.Arm.Recorder.Snapshot().Failures);
    }

    [Fact]
    public async Task A_refused_connection_is_answered_502_and_counts()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var arm = new GatewayArm("v1", TimeSpan.FromSeconds(5));
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(arm, [FreeAddress()]) });

        using var response = await fixture.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("did not accept", await response.Content.ReadAsStringAsync());
        Assert.Equal("v1", response.Headers.GetValues("x-mldeploy-version").Single());
        await Eventually.Holds(() => arm.Recorder.Snapshot() is { Requests: 1, Failures: 1 }, "the refusal is counted");
    }

    [Fact]
    public async Task An_arm_without_instances_fails_its_requests()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var arm = new GatewayArm("v1", TimeSpan.FromSeconds(5));
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(arm, []) });

        using var response = await fixture.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await Eventually.Holds(() => arm.Recorder.Snapshot() is { Requests: 1, Failures: 1 }, "it is counted");
    }

    [Fact]
    public async Task A_dead_instance_is_passed_over_when_nothing_was_sent_to_it()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(v1.Arm, [FreeAddress(), v1.Address]) });

        for (var i = 0; i < 20; i++)
        {
            using var response = await fixture.Client.PostAsync("/echo", new StringContent("once"));
            Assert.Equal("once", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(20, v1.Requests);
        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot() is { Requests: 20, Failures: 0 }, "all are counted once");
        Assert.Equal(0, v1.Arm.InFlight);
    }

    [Fact]
    public async Task A_request_with_a_body_is_never_sent_twice()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var one = await fixture.VersionAsync("v1");
        var two = await fixture.VersionAsync("v1");
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(one.Arm, [one.Address, two.Address]) });

        using var post = await fixture.Client.PostAsync("/drop", new StringContent("x"));
        Assert.Equal(HttpStatusCode.BadGateway, post.StatusCode);
        Assert.Equal(1, one.Requests + two.Requests);

        // Without a body and idempotent, it may: here the other instance drops it too.
        using var get = await fixture.Client.GetAsync("/drop");
        Assert.Equal(HttpStatusCode.BadGateway, get.StatusCode);
        Assert.True(one.Requests >= 1 && two.Requests >= 1);
    }

    [Fact]
    public async Task Silence_beyond_the_request_timeout_is_answered_504_and_counts()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1", timeout: TimeSpan.FromMilliseconds(200));
        fixture.Route(v1);

        using var response = await fixture.Client.GetAsync("/wait");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot() is { Requests: 1, Failures: 1 }, "the timeout is counted");
        Assert.Equal(1, v1.Arm.Recorder.Snapshot().Latency.CountSlowerThan(TimeSpan.FromMilliseconds(150)));
    }

    [Fact]
    public async Task A_response_broken_off_by_the_application_counts_as_failed()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => fixture.Client.GetStringAsync("/break"));

        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot() is { Requests: 1, Failures: 1 }, "the break is counted");
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_broken_off_and_counts_as_failed()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1", timeout: TimeSpan.FromMilliseconds(200));
        fixture.Route(v1);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => fixture.Client.GetStringAsync("/stream"));

        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot() is { Requests: 1, Failures: 1 }, "the silence is counted");
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_answer_counts_by_how_long_it_waited_and_not_as_a_failure()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);
        using var leave = new CancellationTokenSource();

        var waiting = fixture.Client.GetAsync("/wait", leave.Token);
        await Eventually.Holds(() => v1.Requests == 1, "the application has the request");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot().HangUps == 1, "the hang-up is seen");
        Assert.Equal((1, 0, 1), (v1.Arm.Recorder.Snapshot().Requests, v1.Arm.Recorder.Snapshot().Failures, v1.Arm.Recorder.Snapshot().Latency.Total));
        Assert.Equal(0, fixture.Gateway.Totals.Requests);
    }

    [Fact]
    public async Task A_reader_who_leaves_a_stream_got_its_answer()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);

        using (var response = await fixture.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot() is { Requests: 1, Failures: 0 }, "the answer counts as a success");
    }

    [Fact]
    public void Snapshots_subtract_to_an_interval()
    {
        var recorder = new TrafficRecorder();
        recorder.Record(1_000, failed: false);
        recorder.Record(50_000, failed: true);
        var earlier = recorder.Snapshot();
        recorder.Record(2_000, failed: false);
        recorder.Record(90_000, failed: true);
        recorder.RecordHangUp(70_000);

        var interval = recorder.Snapshot() - earlier;

        Assert.Equal((3, 1, 1), (interval.Requests, interval.Failures, interval.HangUps));
        Assert.Equal(3, interval.Latency.Total);
        Assert.Equal(2, interval.Latency.CountSlowerThan(TimeSpan.FromMilliseconds(60)));
        Assert.Equal(2_000, interval.Latency.Quantile(0.3)!.Value.TotalMicroseconds, 2_000 * 0.016);
    }

    [Fact]
    public void Concurrent_records_are_all_there()
    {
        var recorder = new TrafficRecorder();

        Parallel.For(0, 100_000, i => recorder.Record(i % 5_000, failed: i % 10 == 0));

        var snapshot = recorder.Snapshot();
        Assert.Equal((100_000, 10_000, 100_000), (snapshot.Requests, snapshot.Failures, snapshot.Latency.Total));
    }

    [Fact]
    public async Task A_user_counts_once_per_step_and_as_failing_after_any_failure()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1, stickiness: new Stickiness(StickinessKind.Header, "X-User-Id"));
        fixture.Gateway.BeginStep();
        foreach (var (user, path) in new[] { ("ann", "/"), ("ann", "/fail"), ("ann", "/fail"), ("bob", "/"), ("bob", "/") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-User-Id", user);
            using var response = await fixture.Client.SendAsync(request);
        }

        await Eventually.Holds(() => v1.Arm.Recorder.Snapshot().Requests == 5, "all are counted");
        Assert.Equal((2, 1, 2), UsersOf(fixture.Gateway.StableUsers!));
        Assert.Equal((0, 0, 0), UsersOf(fixture.Gateway.CandidateUsers!));

        fixture.Gateway.BeginStep();
        Assert.Equal((0, 0, 0), UsersOf(fixture.Gateway.StableUsers!));
    }

    [Fact]
    public async Task A_request_that_arrived_before_the_step_is_set_apart_from_it()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1", timeout: TimeSpan.FromMilliseconds(500));
        fixture.Route(v1);
        var before = fixture.Client.GetAsync("/wait");
        await Eventually.Holds(() => v1.Arm.InFlight == 1, "it is under way");

        fixture.Gateway.BeginStep();
        using var within = await fixture.Client.GetAsync("/");
        using var late = await before;

        await Eventually.Holds(() => v1.Arm.Answered.Requests == 2, "both are counted");
        Assert.Equal((1, 0), (v1.Arm.Recorder.Snapshot().Requests, v1.Arm.Recorder.Snapshot().Failures));
        Assert.Equal((1, 1), (v1.Arm.Late.Snapshot().Requests, v1.Arm.Late.Snapshot().Failures));
    }

    private static (long, long, long) UsersOf(UserReading users) => (users.Users, users.FailingUsers, users.FirstRequests.Total);

    /// <summary>A port nobody listens on: it was free a moment ago.</summary>
    private static Uri FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://{socket.LocalEndPoint}");
    }
}

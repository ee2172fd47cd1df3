using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Gateway;

public sealed class ForwardingSpecs
{
    [Fact]
    public async Task Without_a_stable_version_it_answers_503_and_says_when_to_come_back()
    {
        await using var fixture = await GatewayFixture.StartAsync();

        using var response = await fixture.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        Assert.Equal("""{"error":"no version is serving"}""", await response.Content.ReadAsStringAsync());
        await Eventually.Holds(() => fixture.Gateway.Totals is { Requests: 1, Failures: 1 }, "the refusal is in the availability");
    }

    [Fact]
    public async Task The_response_names_the_version_that_answered()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);

        using var response = await fixture.Client.GetAsync("/");

        Assert.Equal("v1", await response.Content.ReadAsStringAsync());
        Assert.Equal("v1", response.Headers.GetValues("x-mldeploy-version").Single());
    }

    [Fact]
    public async Task The_application_sees_target_host_and_header_bytes_as_the_client_sent_them()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Gateway.Address);
        var stream = socket.GetStream();

        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            "GET /a%7Eb/%2F?q=%41;x HTTP/1.1\r\nHost: shop.example\r\nX-Name: Zoë\r\nX-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n"));
        var reply = await new StreamReader(stream).ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 200 OK", reply);
        Assert.Equal("/a%7Eb/%2F?q=%41;x", v1.LastTarget);
        Assert.Equal("shop.example", v1.LastHeaders!.Host);
        Assert.Equal("Zoë", v1.LastHeaders["X-Name"]);
        Assert.Equal("10.0.0.1, 127.0.0.1", v1.LastHeaders["X-Forwarded-For"].ToString());
        Assert.Equal("shop.example", v1.LastHeaders["X-Forwarded-Host"]);
        Assert.Equal("http", v1.LastHeaders["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task A_body_of_any_size_passes_both_ways()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        fixture.Route(await fixture.VersionAsync("v1"));
        var body = new byte[40 << 20];
        new Random(1).NextBytes(body);

        using var response = await fixture.Client.PostAsync("/echo", new ByteArrayContent(body));

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_event_arrives_before_the_stream_ends()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);

        using var response = await fixture.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("data: first", await reader.ReadLineAsync());
        v1.Release();
        Assert.Equal("\ndata: last\n\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_web_socket_passes_and_counts_when_it_is_accepted()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var v1 = await fixture.VersionAsync("v1");
        fixture.Route(v1);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await socket.ConnectAsync(new Uri($"ws://{fixture.Gateway.Address}/socket"), default);
        await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer, default);

        Assert.Equal("ping", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal("v1", socket.HttpResponseHeaders!["x-mldeploy-version"].Single());
        Assert.Equal((1, 0), (v1.Arm.Recorder.Snapshot().Requests, v1.Arm.Recorder.Snapshot().Failures));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await Eventually.Holds(() => v1.Arm.InFlight == 0, "the socket is no longer under way");
        Assert.Equal(1, v1.Arm.Recorder.Snapshot().Requests);
    }

    [Fact]
    public async Task Http2_passes_with_trailers()
    {
        await using var fixture = await GatewayFixture.StartAsync(http2: true);
        var v1 = await fixture.VersionAsync("v1", HttpProtocols.Http2);
        fixture.Route(v1);
        using var client = fixture.NewClient(http2: true);

        using var response = await client.GetAsync("/trailer");

        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("v1", response.Headers.GetValues("x-mldeploy-version").Single());
    }

    [Fact]
    public async Task A_hundred_http2_requests_share_the_client_connection()
    {
        await using var fixture = await GatewayFixture.StartAsync(http2: true);
        var v1 = await fixture.VersionAsync("v1", HttpProtocols.Http2);
        fixture.Route(v1);
        using var client = fixture.NewClient(http2: true);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.PostAsync("/echo", new StringContent($"{i}"))));

        Assert.All(answers, (answer, i) => Assert.Equal($"{i}", answer.Content.ReadAsStringAsync().Result));
    }
}

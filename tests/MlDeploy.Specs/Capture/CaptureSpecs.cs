using System.Net;
using System.Text;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Gateway;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Capture;

/// <summary>Capture behind a real gateway, with real sockets on both sides.</summary>
public sealed class CaptureSpecs
{
    private static ModelJudging Judging { get; } = new(PredictionReaderSpecs.Reference(), new ModelYardstick(null, [], null, PredictionBins.None, false));

    [Fact]
    public async Task What_passes_the_gateway_is_counted_per_step_and_the_bodies_arrive_unchanged()
    {
        using var queue = new CaptureQueue(exchange => exchange.Arm.Count(exchange), _ => { }, TimeProvider.System);
        var (fixture, arm) = await StartAsync(queue);
        await using var owned = fixture;
        arm.BeginStep(Judging, fixture.Gateway.Step + 1);
        fixture.Gateway.BeginStep();

        // The echo answers with the order, whose `p` is then its prediction.
        foreach (var p in new[] { "0.25", "0.5", "7" })
        {
            var body = $$"""{"age":40,"country":"FR","p":{{p}}}""";
            Assert.Equal(body, await PostAsync(fixture.Client, body));
        }

        using var broken = await fixture.Client.PostAsync("/echo", new StringContent("no json"));
        using var failed = await fixture.Client.PostAsync("/fail", new StringContent("""{"age":41}"""));
        await Eventually.Holds(() => arm.Rows == 4 && arm.Unparsable == 1, "all are counted");

        var seen = arm.Read()!;
        Assert.Equal((4L, 3L, 1L), (seen.Counts!.Rows, seen.Predictions, seen.Invalid));
        Assert.Equal((0L, 1L), (seen.Capture.Dropped, seen.Capture.Unparsable));
        Assert.Contains("p", seen.Counts.New);
    }

    [Fact]
    public async Task A_request_of_an_earlier_step_is_kept_but_not_judged()
    {
        using var queue = new CaptureQueue(exchange => exchange.Arm.Count(exchange), _ => { }, TimeProvider.System);
        var (fixture, arm) = await StartAsync(queue);
        await using var owned = fixture;
        await PostAsync(fixture.Client, """{"age":40}""");
        arm.BeginStep(Judging, fixture.Gateway.Step + 1);
        fixture.Gateway.BeginStep();
        await Eventually.Holds(() => arm.Rows == 1, "it is counted");

        Assert.Equal(0, arm.Read()!.Counts!.Rows);
    }

    [Fact]
    public async Task A_stalled_parser_costs_no_prediction_and_what_is_dropped_is_counted()
    {
        using var stalled = new ManualResetEventSlim();
        using var queue = new CaptureQueue(_ => stalled.Wait(), _ => { }, TimeProvider.System);
        var (fixture, arm) = await StartAsync(queue);
        await using var owned = fixture;
        var body = $$"""{"age":40,"text":"{{new string('x', 200_000)}}"}""";

        // Twice what the queue holds in bytes.
        for (var sent = 0; sent < 20; sent++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(fixture.Client, body)));
            Assert.All(answers, answer => Assert.Equal(body.Length, answer.Length));
        }

        Assert.InRange(arm.Dropped, 1, 159);
        Assert.Equal(0, fixture.Gateway.Totals.Failures);
        stalled.Set();
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_dropped_and_passes_all_the_same()
    {
        using var queue = new CaptureQueue(exchange => exchange.Arm.Count(exchange), _ => { }, TimeProvider.System);
        var (fixture, arm) = await StartAsync(queue);
        await using var owned = fixture;
        var body = new string('x', BodyCopy.Most + 1);

        Assert.Equal(body, await PostAsync(fixture.Client, body));
        await Eventually.Holds(() => arm.Dropped == 1, "it is dropped");
        Assert.Equal((0L, 0L), (arm.Rows, arm.Unparsable));
    }

    [Fact]
    public async Task A_reader_that_throws_costs_that_request_alone_and_is_told_once()
    {
        var told = new List<string>();
        using var queue = new CaptureQueue(_ => throw new InvalidOperationException("a bug"), told.Add, TimeProvider.System);
        var (fixture, arm) = await StartAsync(queue);
        await using var owned = fixture;
        await PostAsync(fixture.Client, """{"age":40}""");
        await PostAsync(fixture.Client, """{"age":41}""");
        await Eventually.Holds(() => arm.Unparsable == 2, "both are counted");

        Assert.Contains("a bug", Assert.Single(told));
    }

    [Theory]
    [InlineData(0.25, 100)]
    [InlineData(0, 0)]
    public async Task A_sample_is_taken_evenly(double share, int looked)
    {
        using var queue = new CaptureQueue(exchange => exchange.Arm.Count(exchange), _ => { }, TimeProvider.System);
        var (fixture, arm) = await StartAsync(queue, PredictionReaderSpecs.Settings(ModelProtocol.Json) with { Sample = share });
        await using var owned = fixture;
        for (var sent = 0; sent < 400; sent++)
        {
            await PostAsync(fixture.Client, """{"age":40}""");
        }

        await Eventually.Holds(() => arm.Rows >= looked - 2, "the sample is counted");
        Assert.InRange(arm.Rows, looked - 2, looked + 2);
    }

    private static async Task<(GatewayFixture Fixture, ArmCapture Arm)> StartAsync(CaptureQueue queue, CaptureSettings? settings = null)
    {
        var fixture = await GatewayFixture.StartAsync();
        var backend = await fixture.VersionAsync("v1");
        var arm = new ArmCapture("v1", settings ?? PredictionReaderSpecs.Settings(ModelProtocol.Json), PredictionReaderSpecs.Reference(), queue, TimeProvider.System);
        fixture.Gateway.SetRoutes(new GatewayRoutes { Stable = new ArmRoute(new GatewayArm("v1", TimeSpan.FromSeconds(30)) { Capture = arm }, [backend.Address]) });
        return (fixture, arm);
    }

    private static async Task<string> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/echo", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}

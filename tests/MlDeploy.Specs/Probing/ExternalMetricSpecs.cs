using System.Collections.Immutable;
using System.Net;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.External;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Probing;

namespace MlDeploy.Specs.Probing;

public class ExternalMetricSpecs
{
    private static readonly Gate Prometheus = new() { Id = "prometheus:x", Metric = "prometheus", Url = "http://prometheus:9090/", Query = "sum(x)", Min = 1, Timeout = TimeSpan.FromSeconds(0.2), Every = TimeSpan.FromSeconds(10) };
    private static readonly Gate Json = new() { Id = "http:x", Metric = "http", Url = "http://source/x", JsonPath = "$.value", Max = 1, Timeout = TimeSpan.FromSeconds(0.2) };
    private static readonly Gate Command = new() { Id = "command:x", Metric = "command", Command = ["check"] };

    [Theory]
    [InlineData("""{"data":{"resultType":"vector","result":[{"value":[1,"2.5"]}]}}""", 2.5, null)]
    [InlineData("""{"data":{"resultType":"scalar","result":[1,"7"]}}""", 7.0, null)]
    [InlineData("""{"data":{"resultType":"vector","result":[]}}""", null, "the query gives no series")]
    [InlineData("""{"data":{"resultType":"vector","result":[{},{}]}}""", null, "the query gives 2 series; aggregate it to one")]
    [InlineData("""{"data":{"resultType":"vector","result":{}}}""", null, "the query gives a vector; an instant vector of one series or a scalar is needed")]
    [InlineData("""{"data":{"resultType":"matrix","result":[]}}""", null, "the query gives a matrix; an instant vector of one series or a scalar is needed")]
    [InlineData("""{"data":{"resultType":"vector","result":[{"value":[1,"NaN"]}]}}""", null, "`NaN` is not a number")]
    [InlineData("""{"data":{"resultType":"vector","result":[{"value":[1,"\ud800"]}]}}""", null, "")]
    [InlineData("[]", null, "the answer is not a Prometheus query result")]
    [InlineData("<html>", null, "the answer is not JSON")]
    public async Task A_prometheus_answer_is_one_number_or_missing(string body, double? number, string? reason) =>
        AssertRead(await ReadAsync(Prometheus, _ => Answers.Json(body)), number, reason);

    [Fact]
    public async Task A_query_that_prometheus_refuses_is_told_with_its_words() => AssertRead(
        await ReadAsync(Prometheus, _ => Answers.Json("""{"error":"parse error"}""", HttpStatusCode.BadRequest)), null, """http://prometheus:9090/api/v1/query answered 400: {"error":"parse error"}""");

    [Theory]
    [InlineData("""{"value":0.5}""", 0.5, null)]
    [InlineData("""{"value":"0.5"}""", 0.5, null)]
    [InlineData("""{"value":true}""", null, "`true` is not a number")]
    [InlineData("""{}""", null, "the answer has nothing at $.value")]
    public async Task A_json_number_is_read_where_it_stands(string body, double? number, string? reason) =>
        AssertRead(await ReadAsync(Json, _ => Answers.Json(body)), number, reason);

    [Fact]
    public async Task A_source_that_drips_or_never_ends_or_breaks_is_missing()
    {
        AssertRead(await ReadAsync(Json, _ => Answers.Body(new DrippingBody())), null, "no answer within 0.2 s");
        AssertRead(await ReadAsync(Json with { Timeout = TimeSpan.FromSeconds(30) }, _ => Answers.Body(new EndlessBody())), null, "the answer is larger than 1 MiB");
        AssertRead(await ReadAsync(Json, _ => throw new NotSupportedException("no such scheme")), null, "no such scheme");
    }

    [Fact]
    public async Task A_command_is_judged_by_its_last_line_or_its_exit_code()
    {
        AssertRead(await RunAsync(Command, new CommandResult(3, "", "", false)), 3, null);
        AssertRead(await RunAsync(Command with { Max = 1 }, new CommandResult(0, "log\n0.25\n", "", false)), 0.25, null);
        AssertRead(await RunAsync(Command with { Max = 1 }, new CommandResult(2, "", "first\nlast.\n", false)), null, "check ended with 2: last");
        AssertRead(await RunAsync(Command with { Max = 1 }, new CommandResult(0, "", "", false)), null, "`` is not a number");
        AssertRead(await RunAsync(Command, new CommandResult(null, "", "", true)), null, "check did not end within 10 s");
        AssertRead(await RunAsync(Command, new CommandResult(null, "", "not found", false)), null, "not found");
    }

    [Fact]
    public async Task An_answer_that_comes_after_its_step_does_not_count_in_the_next()
    {
        var commands = new SlowCommands();
        await using var meter = new ExternalMeter([Command], Sources(new HttpClient(), commands), TimeProvider.System);
        meter.Begin();
        meter.Begin();
        commands.Answer(0, 1);
        Assert.Empty(meter.Take());
        commands.Answer(1, 2);
        var taken = new List<Measurement>();
        await Local.Eventually.Becomes(() => { taken.AddRange(meter.Take()); return taken.Count > 0; }, "the second answer is read");
        Assert.Equal(2, Assert.IsType<LevelMeasurement>(Assert.Single(taken)).Candidate);
    }

    [Fact]
    public async Task A_meter_ends_while_it_reads_and_before_it_ever_read()
    {
        var commands = new SlowCommands();
        var meter = new ExternalMeter([Command, Command with { Id = "command:y" }], Sources(new HttpClient(), commands), TimeProvider.System);
        for (var step = 0; step < 20; step++)
        {
            meter.Begin();
        }

        var ended = meter.DisposeAsync().AsTask();
        commands.AnswerAll();
        await ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await new ExternalMeter([Command], Sources(new HttpClient(), commands), TimeProvider.System).DisposeAsync();
    }

    private static async Task<Measurement> ReadAsync(Gate gate, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        using var http = new HttpClient(new Answers(answer));
        return await ExternalMetric.ReadAsync(gate, Sources(http, new SlowCommands()), TestContext.Current.CancellationToken);
    }

    private static async Task<Measurement> RunAsync(Gate gate, CommandResult result)
    {
        using var http = new HttpClient();
        return await ExternalMetric.ReadAsync(gate, Sources(http, new OneResult(result)), TestContext.Current.CancellationToken);
    }

    private static ExternalSources Sources(HttpClient http, ICommandRunner commands) => new(http, commands, "/", ImmutableSortedDictionary<string, string>.Empty);

    private static void AssertRead(Measurement read, double? number, string? reason)
    {
        Assert.Equal(number, (read as LevelMeasurement)?.Candidate);
        Assert.True(reason is not "" || read is MissingMeasurement);
        Assert.Equal(reason is "" ? (read as MissingMeasurement)?.Reason : reason, (read as MissingMeasurement)?.Reason);
    }

    private sealed class OneResult(CommandResult result) : ICommandRunner
    {
        public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel) => Task.FromResult(result);
    }

    /// <summary>Commands that end when the test says so, and take no notice of being cancelled.</summary>
    private sealed class SlowCommands : ICommandRunner
    {
        private readonly List<TaskCompletionSource<CommandResult>> running = [];

        public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel)
        {
            lock (running)
            {
                running.Add(new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously));
                return running[^1].Task;
            }
        }

        public void Answer(int which, int exitCode) => running[which].SetResult(new CommandResult(exitCode, "", "", false));

        public void AnswerAll()
        {
            lock (running)
            {
                running.ForEach(command => command.TrySetResult(new CommandResult(0, "", "", false)));
            }
        }
    }
}

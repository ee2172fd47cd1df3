using System.Collections.Immutable;
using System.Net;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Probing;

namespace MlDeploy.Specs.Probing;

public class HttpTesterSpecs
{
    private static readonly Uri Candidate = new("http://127.0.0.1:5001/");

    [Theory]
    [InlineData("""{"p":0.9}""", null)]
    [InlineData("""{"p":0.7}""", "$.p is 0.7, expected at least 0.8")]
    [InlineData("""{"p":"0.9"}""", "$.p is \"0.9\", expected a number")]
    [InlineData("""{"p":1e999}""", "$.p is 1e999, expected a number")]
    [InlineData("""{"q":0.9}""", "the answer has nothing at $.p")]
    [InlineData("<html>\n", "GET /predict answered no JSON: <html>")]
    [InlineData("", "GET /predict answered no JSON: (an empty body)")]
    public async Task An_answer_is_compared_with_what_is_expected(string body, string? problem) =>
        Assert.Equal(problem, await RunAsync(_ => Answers.Json(body), new JsonExpectation("$.p", 0.8, null, null)));

    [Fact]
    public async Task Deep_json_is_no_answer() => Assert.StartsWith(
        "GET /predict answered no JSON: [[[", await RunAsync(_ => Answers.Json(new string('[', 100_000)), new JsonExpectation("$", null, null, null)), StringComparison.Ordinal);

    [Fact]
    public async Task Json_is_equal_whatever_the_order_of_its_members() =>
        Assert.Null(await RunAsync(_ => Answers.Json("""{"p":{"b":1.0,"a":[2]}}"""), new JsonExpectation("$.p", null, null, """{"a":[2],"b":1}""")));

    [Fact]
    public async Task Text_that_no_string_can_hold_fails_the_test_and_nothing_else() =>
        Assert.NotNull(await RunAsync(_ => Answers.Json("""{"p":"\ud800"}"""), new JsonExpectation("$.p", null, null, "\"x\"")));

    [Fact]
    public async Task A_redirect_is_an_answer_with_its_status() => Assert.StartsWith(
        "GET /predict answered 302, expected 200", await RunAsync(_ => Answers.Json("", HttpStatusCode.Redirect)), StringComparison.Ordinal);

    [Fact]
    public async Task A_path_that_looks_like_another_host_is_still_asked_of_the_candidate()
    {
        using var answers = new Answers(_ => Answers.Json("{}"));
        using var http = new HttpClient(answers);
        await HttpTester.RunAsync(http, Candidate, Test("//elsewhere.example/x"), TestContext.Current.CancellationToken);

        Assert.Equal(("127.0.0.1", 5001), (answers.Asked[0].Host, answers.Asked[0].Port));
    }

    [Fact]
    public async Task A_body_that_drips_ends_with_the_timeout() => Assert.Equal(
        "no answer to GET /predict within 0.2 s", await RunAsync(_ => Answers.Body(new DrippingBody())));

    [Fact]
    public async Task A_body_without_end_is_read_to_its_limit_only()
    {
        var body = new EndlessBody();
        Assert.Equal("GET /predict: the answer is larger than 4 MiB", await RunAsync(_ => Answers.Body(body), timeout: 30));
        Assert.InRange(body.Given, 4 << 20, 5 << 20);
    }

    [Fact]
    public async Task A_refused_connection_is_a_sentence() => Assert.Equal("GET /predict: refused", await RunAsync(_ => throw new HttpRequestException("refused.\nmore")));

    [Fact]
    public async Task Who_cancels_is_told_so_and_not_that_the_test_failed()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var http = new HttpClient(new Answers(_ => Answers.Body(new DrippingBody())));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HttpTester.RunAsync(http, Candidate, Test("/"), cancelled.Token));
    }

    private static async Task<string?> RunAsync(Func<HttpRequestMessage, HttpResponseMessage> answer, JsonExpectation? expected = null, double timeout = 0.2)
    {
        using var http = new HttpClient(new Answers(answer));
        return await HttpTester.RunAsync(http, Candidate, Test("/predict", expected, timeout), TestContext.Current.CancellationToken);
    }

    private static PreTrafficTest Test(string path, JsonExpectation? expected = null, double timeout = 30) => new()
    {
        Name = "golden",
        Timeout = TimeSpan.FromSeconds(timeout),
        Http = new HttpTest { Path = path, ExpectJson = expected is null ? ImmutableArray<JsonExpectation>.Empty : [expected] },
    };
}

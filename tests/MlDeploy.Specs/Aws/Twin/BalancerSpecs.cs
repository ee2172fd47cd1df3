using System.Net;
using System.Text.Json.Nodes;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>What a listener does with a request, over real sockets.</summary>
[Collection(RunningTwin.Collection)]
public sealed class BalancerSpecs(RunningTwin twin)
{
    [Fact]
    public async Task Rules_are_tried_by_priority_and_answers_of_the_balancers_own_are_an_albs()
    {
        twin.Require();
        var (nobody, gone) = (await twin.GroupAsync("nobody"), await twin.GroupAsync("gone"));
        var (_, address, listener) = await twin.BalancerAsync("rules", """[{"Type":"redirect","RedirectConfig":{"Protocol":"HTTPS","Port":"443","StatusCode":"HTTP_301"}}]""");
        await RuleAsync(20, """{"Field":"path-pattern","PathPatternConfig":{"Values":["/fixed/*"]} }""", """{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"418","ContentType":"text/plain","MessageBody":"second"} }""");
        await RuleAsync(10, """{"Field":"http-header","HttpHeaderConfig":{"HttpHeaderName":"x-arm","Values":["cand*"]} }""", """{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"299","MessageBody":"first"} }""");
        await RuleAsync(30, """{"Field":"host-header","HostHeaderConfig":{"Values":["empty.example"]} }""", $$"""{"Type":"forward","TargetGroupArn":"{{nobody}}"}""");
        await RuleAsync(40, """{"Field":"path-pattern","PathPatternConfig":{"Values":["/gone"]} }""", $$"""{"Type":"forward","TargetGroupArn":"{{gone}}"}""");
        // A port of loopback on which nobody listens any more.
        await twin.Aws.RunAsync("elbv2", "register-targets", "--target-group-arn", gone, "--targets", "Id=127.0.0.1,Port=1");

        var redirected = await GetAsync("/a?b=c");
        Assert.Equal((HttpStatusCode.MovedPermanently, $"https://{address.Host}/a?b=c"), (redirected.StatusCode, redirected.Headers.Location!.ToString()));
        Assert.Equal(418, (int)(await GetAsync("/fixed/x")).StatusCode);
        Assert.Equal("second", await (await GetAsync("/fixed/x")).Content.ReadAsStringAsync());
        Assert.Equal(299, (int)(await GetAsync("/fixed/x", request => request.Headers.Add("x-arm", "candidate"))).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/", request => request.Headers.Host = "empty.example")).StatusCode);
        var broken = await GetAsync("/gone");
        Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        Assert.Equal("awselb/2.0", broken.Headers.Server.ToString());
        await RunningTwin.BecomesAsync(async () =>
            (await twin.QueryAsync("elasticloadbalancing", "DescribeTargetHealth", $$"""{"TargetGroupArn":"{{gone}}"}""")).Descendants("Reason").Single().Value == "Target.FailedHealthChecks", "the target is found unhealthy");
        Assert.Equal("unused Target.NotRegistered", (await twin.Aws.AskAsync("TargetHealthDescriptions[0].TargetHealth.[State,Reason]",
            "elbv2", "describe-target-health", "--target-group-arn", gone, "--targets", "Id=127.0.0.1,Port=2")).Replace('\t', ' '));

        async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? change = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
            change?.Invoke(request);
            return await twin.Http.SendAsync(request);
        }

        Task RuleAsync(int priority, string condition, string action) => twin.QueryAsync("elasticloadbalancing", "CreateRule",
            $$"""{"ListenerArn":"{{listener}}","Priority":{{priority}},"Conditions":[{{condition}}],"Actions":[{{action}}]}""");
    }

    [Fact]
    public async Task The_page_of_the_twin_shows_where_listeners_really_are_and_no_problem()
    {
        twin.Require();
        var group = await twin.GroupAsync("page");
        var (arn, address, _) = await twin.BalancerAsync("page", RunningTwin.Forward((group, 1)));
        var page = JsonNode.Parse(await twin.AnswerAsync(new Uri(twin.Server.Endpoint, "/_twin/")))!;
        var shown = page["loadBalancers"]!.AsArray().Single(each => (string?)each!["arn"] == arn)!;
        Assert.Equal(address.Host, (string?)shown["dnsName"]);
        Assert.Equal($"{address.Host}:8080", (string?)shown["listeners"]![0]!["address"]);
        Assert.Empty(page["problems"]!.AsArray());
    }
}

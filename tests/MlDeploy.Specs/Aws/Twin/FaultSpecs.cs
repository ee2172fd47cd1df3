using System.Net;
using System.Net.Http.Json;
using MlDeploy.AwsTwin.Faults;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>Faults on demand, as the services would word them.</summary>
[Collection(RunningTwin.Collection)]
public sealed class FaultSpecs(RunningTwin twin) : IDisposable
{
    public void Dispose()
    {
        if (twin.Server is not null)
        {
            twin.Server.Faults.Set(new FaultSettings());
        }
    }

    [Fact]
    public async Task A_denied_action_is_worded_as_its_service_does()
    {
        twin.Require();
        twin.Server.Faults.Set(new FaultSettings { Deny = ["sns:ListTopics", "ecr:Describe*", "ec2:DescribeVpcs", "cloudwatch:ListMetrics", "s3:ListBucket"] });
        const string who = "User: arn:aws:sts::123456789012:assumed-role/mldeploy/session is not authorized to perform: ";
        foreach (var (command, said) in new (string[], string)[]
        {
            (["sns", "list-topics"], $"(AuthorizationError) when calling the ListTopics operation: {who}sns:ListTopics on resource: *"),
            (["ecr", "describe-images", "--repository-name", "app"], $"(AccessDeniedException) when calling the DescribeImages operation: {who}ecr:DescribeImages on resource: arn:aws:ecr:eu-central-1:123456789012:repository/app"),
            (["ec2", "describe-vpcs"], $"(UnauthorizedOperation) when calling the DescribeVpcs operation: You are not authorized to perform this operation. {who}ec2:DescribeVpcs"),
            (["cloudwatch", "list-metrics"], $"when calling the ListMetrics operation: {who}cloudwatch:ListMetrics"),
            (["s3api", "head-bucket", "--bucket", "b"], "(403) when calling the HeadBucket operation: Forbidden"),
        })
        {
            Assert.Contains(said, await twin.Aws.FailAsync(command), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Throttling_and_errors_come_in_the_share_asked_for_and_are_the_same_again_with_the_same_seed()
    {
        twin.Require();
        var first = await DrawAsync();
        Assert.Equal(first, await DrawAsync());
        Assert.InRange(first.Count(code => code == "Throttling"), 40, 80);
        Assert.InRange(first.Count(code => code == "InternalFailure"), 2, 25);
        Assert.Equal(200, first.Count);

        async Task<List<string>> DrawAsync()
        {
            twin.Server.Faults.Set(new FaultSettings { Seed = 7, Throttle = 0.3, ServerError = 0.05 });
            var codes = new List<string>();
            for (var i = 0; i < 200; i++)
            {
                try
                {
                    await twin.QueryAsync("sts", "GetCallerIdentity", "{}");
                    codes.Add("");
                }
                catch (AwsError error)
                {
                    codes.Add(error.Code);
                }
            }

            return codes;
        }
    }

    [Fact]
    public void Whoever_asks_more_often_than_a_service_takes_is_refused_until_the_bucket_fills_again()
    {
        var clock = new StandingClock();
        var limits = new RateLimits(clock);
        bool Ask(string action = "DescribeStackEvents", string region = "eu-central-1") => limits.Take(region, "cloudformation", action);

        Assert.Equal([.. Enumerable.Repeat(true, 20), false, false], Enumerable.Range(0, 22).Select(_ => Ask()));
        Assert.True(Ask("DescribeStacks") && Ask(region: "us-east-1"));
        clock.Seconds = 1;
        Assert.Equal([.. Enumerable.Repeat(true, 10), false], Enumerable.Range(0, 11).Select(_ => Ask()));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(limits.Take("eu-central-1", "sts", "GetCallerIdentity")));
    }

    [Fact]
    public async Task Asked_too_often_a_client_is_told_so_as_the_service_does_and_what_services_ask_each_other_does_not_count()
    {
        twin.Require();
        using var service = new TwinCaller(twin.Server.Endpoint, "spec-service", "us-west-1");
        using var client = new TwinCaller(twin.Server.Endpoint, "client", "us-west-1");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => service.QueryAsync("cloudformation", "DescribeStacks", [], CancellationToken.None)));
        AwsError? refused = null;
        await RunningTwin.BecomesAsync(async () =>
        {
            try
            {
                await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.QueryAsync("cloudformation", "DescribeStacks", [], CancellationToken.None)));
            }
            catch (AwsError error)
            {
                refused = error;
            }

            return refused is not null;
        }, "calls are refused");

        Assert.Equal(("Throttling", "Rate exceeded", 400), (refused!.Code, refused.Message, refused.Status));
        Assert.Contains(twin.Server.Requests.Entries, entry => entry is { Service: "cloudformation", Caller: "client", Error: "Throttling" });
        Assert.DoesNotContain(twin.Server.Requests.Entries, entry => entry is { Caller: "spec-service", Error: not null });
    }

    [Fact]
    public async Task Faults_are_set_from_outside_a_role_may_be_read_only_and_the_twin_unreachable()
    {
        twin.Require();
        var page = new Uri(twin.Server.Endpoint, "/_twin/faults");
        Assert.Equal(HttpStatusCode.OK, (await twin.Http.PutAsJsonAsync(page, new { allowOnly = new[] { "*:Describe*" }, fail = new[] { new { action = "logs:DescribeLogGroups", code = "ServiceUnavailableException", message = "once", status = 503, times = 1 } } })).StatusCode);
        Assert.Equal("AccessDeniedException", (await Assert.ThrowsAsync<AwsError>(() => twin.JsonAsync("logs", "CreateLogGroup", """{"logGroupName":"/x"}"""))).Code);
        Assert.Equal("once", (await Assert.ThrowsAsync<AwsError>(() => twin.JsonAsync("logs", "DescribeLogGroups", "{}"))).Message);
        await twin.JsonAsync("logs", "DescribeLogGroups", "{}");
        var wrong = await twin.Http.PutAsJsonAsync(page, new { throtle = 0.3 });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("throtle", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await twin.Http.PutAsJsonAsync(page, new { unreachableSeconds = 3 });
        await Assert.ThrowsAsync<HttpRequestException>(() => twin.JsonAsync("logs", "DescribeLogGroups", "{}"));
        await RunningTwin.BecomesAsync(async () =>
        {
            try
            {
                await twin.JsonAsync("logs", "DescribeLogGroups", "{}");
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "it is reachable again");
    }

    [Fact]
    public async Task Calls_can_be_counted_by_service_action_and_caller()
    {
        twin.Require();
        await twin.JsonAsync("ecr", "DescribeRepositories", "{}");
        var logged = twin.Server.Requests.Entries.Last(entry => entry.Service == "ecr");
        Assert.Equal(("DescribeRepositories", "client", 200), (logged.Action, logged.Caller, logged.Status));
    }

    private sealed class StandingClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}

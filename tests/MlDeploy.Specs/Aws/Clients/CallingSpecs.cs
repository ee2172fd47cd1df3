using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Calling;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Sts;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Specs.Aws.Clients;

public class CallingSpecs
{
    private const string Identity =
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";

    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(400, "Throttling")]
    [InlineData(400, "RequestLimitExceeded")]
    [InlineData(429, "TooMany")]
    [InlineData(500, "InternalFailure")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task What_passes_is_tried_again_until_it_succeeds(int status, string code)
    {
        var left = 4;
        using var session = await Sessions.AnsweredAsync(_ => left-- > 0 ? Sessions.Error(status, code, "later") : Sessions.Xml(200, Identity));

        var me = await session.CallerAsync(None);

        Assert.Equal("123456789012", me.Account);
        Assert.Equal(4, session.Retries);
        Assert.Equal(1, session.Calls["sts.GetCallerIdentity"]);
    }

    [Theory]
    [InlineData(400, "ValidationError", AwsFailureKind.Validation)]
    [InlineData(403, "AccessDenied", AwsFailureKind.AccessDenied)]
    [InlineData(400, "ExpiredToken", AwsFailureKind.ExpiredCredentials)]
    [InlineData(403, "InvalidClientTokenId", AwsFailureKind.InvalidCredentials)]
    [InlineData(400, "LimitExceededException", AwsFailureKind.LimitExceeded)]
    [InlineData(404, "ResourceNotFoundException", AwsFailureKind.NotFound)]
    [InlineData(400, "AlreadyExistsException", AwsFailureKind.AlreadyExists)]
    public async Task What_stays_wrong_is_not_tried_again(int status, string code, AwsFailureKind kind)
    {
        using var session = await Sessions.AnsweredAsync(_ => Sessions.Error(status, code, "no"));

        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.CallerAsync(None));

        Assert.Equal((kind, code, "no", "req-1", status, 0), (failure.Kind, failure.Code, failure.Message, failure.RequestId, failure.StatusCode, session.Retries));
    }

    [Fact]
    public async Task A_web_page_is_the_answer_of_no_service_and_ends_the_call()
    {
        using var session = await Sessions.AnsweredAsync(_ => Sessions.Xml(500, "<!doctype html><html><title>500</title></html>"));
        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.CallerAsync(None));
        Assert.Equal((AwsFailureKind.NotUnderstood, 0), (failure.Kind, session.Retries));
    }

    [Fact]
    public async Task A_balancers_web_page_passes()
    {
        var left = 2;
        using var session = await Sessions.AnsweredAsync(_ => left-- > 0 ? Sessions.Xml(503, "<html><body>Service Unavailable</body></html>") : Sessions.Xml(200, Identity));
        await session.CallerAsync(None);
        Assert.Equal(2, session.Retries);
    }

    [Fact]
    public async Task Attempts_end_and_the_last_failure_is_told()
    {
        using var session = await Sessions.AnsweredAsync(_ => Sessions.Error(400, "Throttling", "Rate exceeded"), options => options with { Retries = Sessions.Hasty with { Attempts = 4 } });
        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.CallerAsync(None));
        Assert.Equal((AwsFailureKind.Throttled, 3), (failure.Kind, session.Retries));
    }

    [Fact]
    public async Task A_wait_that_is_asked_for_is_kept_and_one_beyond_the_budget_ends_the_call()
    {
        HttpResponseMessage Later(TimeSpan after)
        {
            var reply = Sessions.Error(503, "ServiceUnavailable", "later");
            reply.Headers.RetryAfter = new RetryConditionHeaderValue(after);
            return reply;
        }

        var left = 1;
        var at = new List<long>();
        using var patient = await Sessions.AnsweredAsync(_ =>
        {
            at.Add(TimeProvider.System.GetTimestamp());
            return left-- > 0 ? Later(TimeSpan.FromSeconds(1)) : Sessions.Xml(200, Identity);
        });
        await patient.CallerAsync(None);
        Assert.InRange(TimeProvider.System.GetElapsedTime(at[0], at[1]), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));

        using var hopeless = await Sessions.AnsweredAsync(_ => Later(TimeSpan.FromHours(1)));
        await Assert.ThrowsAsync<AwsServiceException>(() => hopeless.CallerAsync(None));
        Assert.Equal(0, hopeless.Retries);
    }

    [Fact]
    public async Task A_deployment_is_not_created_twice_unless_the_first_certainly_was_not()
    {
        var request = new CreateDeploymentRequest { ApplicationName = "a" };
        using var broken = await Sessions.AnsweredAsync(_ => Sessions.Json(500, """{"__type":"InternalFailure"}"""));
        await Assert.ThrowsAsync<AwsServiceException>(() => broken.CodeDeploy.CreateDeploymentAsync(request, None));
        Assert.Equal(0, broken.Retries);

        var left = 1;
        using var throttled = await Sessions.AnsweredAsync(_ =>
            left-- > 0 ? Sessions.Json(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""") : Sessions.Json(200, """{"deploymentId":"d-1"}"""));
        Assert.Equal("d-1", (await throttled.CodeDeploy.CreateDeploymentAsync(request, None)).DeploymentId);
        Assert.Equal(1, throttled.Retries);
    }

    [Fact]
    public async Task Each_attempt_is_signed_for_its_service_and_region_and_the_secret_is_in_none()
    {
        var seen = new List<string>();
        var left = 1;
        using var session = await Sessions.AnsweredAsync(request =>
        {
            seen.Add(request.ToString() + request.Content!.ReadAsStringAsync().Result);
            return left-- > 0 ? Sessions.Error(503, "ServiceUnavailable", "later") : Sessions.Xml(200, Identity);
        });
        await session.CallerAsync(None);

        Assert.Equal(2, seen.Count);
        Assert.All(seen, text => Assert.Contains($"/{Sessions.Region}/sts/aws4_request", text, StringComparison.Ordinal));
        Assert.DoesNotContain(seen, text => text.Contains(Sessions.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reply_without_what_it_must_have_is_not_understood()
    {
        using var session = await Sessions.AnsweredAsync(_ => Sessions.Xml(200, "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"));
        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), None));
        Assert.Equal(AwsFailureKind.NotUnderstood, failure.Kind);
        Assert.Contains("has no Arn", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>")]
    [InlineData("<unclosed>")]
    [InlineData("")]
    [InlineData("{}")]
    public async Task A_hostile_or_broken_reply_is_an_error_of_ours_and_reads_nothing(string body)
    {
        using var session = await Sessions.AnsweredAsync(_ => Sessions.Xml(200, body));
        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.CallerAsync(None));
        Assert.Equal(AwsFailureKind.NotUnderstood, failure.Kind);
    }

    [Theory]
    [InlineData("""{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}""", null)]
    [InlineData("""{"Message":"Cluster not found."}""", "ClusterNotFoundException:http://internal.amazon.com/")]
    public async Task Codes_of_JSON_errors_are_read_wherever_they_stand(string body, string? header)
    {
        using var session = await Sessions.AnsweredAsync(_ =>
        {
            var reply = Sessions.Json(400, body, "req-9");
            if (header is not null)
            {
                reply.Headers.Add("x-amzn-ErrorType", header);
            }

            return reply;
        });
        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Services = ["a"] }, None));
        Assert.Equal((AwsFailureKind.NotFound, "ClusterNotFoundException", "Cluster not found.", "req-9"), (failure.Kind, failure.Code, failure.Message, failure.RequestId));
    }

    [Fact]
    public async Task A_stack_that_is_not_there_is_null_and_other_mistakes_are_not()
    {
        using var missing = await Sessions.AnsweredAsync(_ => Sessions.Error(400, "ValidationError", "Stack with id a does not exist"));
        Assert.Null(await missing.CloudFormation.FindStackAsync("a", None));

        using var wrong = await Sessions.AnsweredAsync(_ => Sessions.Error(400, "ValidationError", "1 validation error detected"));
        await Assert.ThrowsAsync<AwsServiceException>(() => wrong.CloudFormation.FindStackAsync("a", None));
    }

    [Fact]
    public async Task Pages_are_followed_and_one_that_names_itself_ends_the_list()
    {
        var bodies = new Queue<string>(["one|t1", "two|t2", "three|t2", "four|"]);
        using var session = await Sessions.AnsweredAsync(_ =>
        {
            var parts = bodies.Dequeue().Split('|');
            return Sessions.Xml(200, $"<R><ListStackResourcesResult><StackResourceSummaries><member><LogicalResourceId>{parts[0]}</LogicalResourceId><ResourceType>T</ResourceType><ResourceStatus>S</ResourceStatus><LastUpdatedTimestamp>2026-01-02T03:04:05Z</LastUpdatedTimestamp></member></StackResourceSummaries><NextToken>{parts[1]}</NextToken></ListStackResourcesResult></R>");
        });

        var names = new List<string>();
        await foreach (var resource in session.CloudFormation.StackResourcesAsync("a", None))
        {
            names.Add(resource.LogicalResourceId);
        }

        Assert.Equal(["one", "two", "three"], names);
    }

    [Fact]
    public async Task Cancellation_is_cancellation_and_no_failure_of_the_service()
    {
        using var stop = new CancellationTokenSource();
        using var session = await Sessions.AnsweredAsync(_ =>
        {
            stop.Cancel();
            return Sessions.Error(503, "ServiceUnavailable", "later");
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.CallerAsync(stop.Token));
    }

    [Fact]
    public async Task What_does_not_connect_is_tried_thrice_and_names_the_endpoint()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        using var session = await AwsSession.OpenAsync(Sessions.At(new Uri($"http://127.0.0.1:{port}")), None);

        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => session.CallerAsync(None));

        Assert.Equal((AwsFailureKind.Unreachable, 2), (failure.Kind, session.Retries));
        Assert.Contains($"127.0.0.1:{port}", MlDeploy.Aws.Clients.Failures.AwsFailures.AsExpected(failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbose_is_told_each_call_and_no_secret()
    {
        var calls = new List<AwsCall>();
        var left = 1;
        using var session = await Sessions.AnsweredAsync(_ => left-- > 0 ? Sessions.Error(400, "Throttling", "later") : Sessions.Xml(200, Identity, "req-2"), options => options with { OnCall = calls.Add });
        await session.CallerAsync(None);

        var call = Assert.Single(calls);
        Assert.Equal(("GetCallerIdentity", 200, 2, "req-2"), (call.Action, call.Status, call.Attempts, call.RequestId));
        Assert.Matches(@"^sts\.GetCallerIdentity 200 in \d+ ms, attempt 2, request req-2$", call.ToString());
    }

    [Fact]
    public void Calls_beyond_the_burst_are_spread()
    {
        var time = new StandingClock();
        var pace = new CallPace(new PaceOptions { Burst = 3, PerSecond = 2 }, time);

        Assert.Equal([0, 0, 0, 0.5, 1], Enumerable.Range(0, 5).Select(_ => pace.Reserve("cloudformation.DescribeStacks").TotalSeconds));
        Assert.Equal(TimeSpan.Zero, pace.Reserve("ecs.DescribeServices"));
        time.Now = 60;
        Assert.Equal(TimeSpan.Zero, pace.Reserve("cloudformation.DescribeStacks"));
    }

    /// <summary>Whatever is asked and when: the twin's limits, which are those that CloudFormation is said to have, are never met.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_paced_by_default_is_never_refused_by_a_service_that_takes_ten_calls_a_second(int seed)
    {
        var (random, time) = (new Random(seed), new StandingClock { TicksPerSecond = 1000 });
        var pace = new CallPace(new PaceOptions(), time);
        var calls = new List<double>();
        for (var call = 0; call < 2000; call++)
        {
            // Storms, pages one after the other, and pauses that fill the buckets.
            time.Now += random.Next(20) == 0 ? random.Next(10_000) : random.Next(3);
            calls.Add(time.Now + pace.Reserve("cloudformation.DescribeStackEvents").TotalMilliseconds);
        }

        var arriving = new StandingClock { TicksPerSecond = 1000 };
        var limits = new RateLimits(arriving);
        Assert.All(calls.Order(), at =>
        {
            arriving.Now = (long)at;
            Assert.True(limits.Take("eu-central-1", "cloudformation", "DescribeStackEvents"));
        });
    }

    private sealed class StandingClock : TimeProvider
    {
        public long Now { get; set; }

        /// <summary>What <see cref="Now"/> counts.</summary>
        public long TicksPerSecond { get; init; } = 1;

        public override long TimestampFrequency => TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}

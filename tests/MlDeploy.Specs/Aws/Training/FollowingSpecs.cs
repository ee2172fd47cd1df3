using System.Net;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Training;

namespace MlDeploy.Specs.Aws.Training;

/// <summary>A job is watched to its end, whatever comes late.</summary>
public sealed class FollowingSpecs
{
    [Fact]
    public async Task States_and_lines_are_told_once_and_in_order_and_late_lines_are_waited_for()
    {
        using var script = new Script(
            [("InProgress", ["Starting"]), ("InProgress", ["Starting", "Training"]), ("Completed", ["Starting", "Training", "Completed"])],
            [[], ["epoch 1"], ["epoch 2"], ["accuracy 0.91"], []]);

        var (outcome, news) = await FollowAsync(script);

        Assert.Equal(["Starting", "Training", "epoch 1", "Completed", "epoch 2", "accuracy 0.91"], news);
        Assert.Equal(("Completed", "s3://bucket/models/churn-1/output/model.tar.gz"), (outcome.Status, outcome.Model));
        Assert.Equal(["epoch 1", "epoch 2", "accuracy 0.91"], outcome.LastLines);
    }

    [Fact]
    public async Task A_failed_job_has_its_reason_the_end_of_its_log_and_no_model()
    {
        using var script = new Script([("Failed", ["Failed"])], [[.. Enumerable.Range(0, 30).Select(line => $"line {line}"), "Traceback\u001b[31m: boom\r\n"], []]) { Reason = "AlgorithmError: exit code 1" };

        var (outcome, _) = await FollowAsync(script);

        Assert.Equal(("Failed", "AlgorithmError: exit code 1", (string?)null), (outcome.Status, outcome.FailureReason, outcome.Model));
        Assert.Equal(20, outcome.LastLines.Length);
        Assert.Equal("Traceback[31m: boom", outcome.LastLines[^1]);
    }

    [Fact]
    public async Task A_log_group_that_is_not_there_yet_is_no_failure()
    {
        using var script = new Script([("InProgress", ["Starting"]), ("Stopped", ["Starting", "Stopped"])], []);

        var (outcome, news) = await FollowAsync(script);

        Assert.Equal("Stopped", outcome.Status);
        Assert.Equal(["Starting", "Stopped"], news);
    }

    private static async Task<(JobOutcome Outcome, List<string> News)> FollowAsync(Script script)
    {
        var news = new List<string>();
        using var session = await AwsSession.OpenAsync(
            new AwsSessionOptions
            {
                Region = "eu-central-1",
                Variable = name => name is "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" ? "specs" : null,
                Time = TimeProvider.System,
                Random = new Random(1),
                Transport = script,
            },
            CancellationToken.None);
        var outcome = await new JobFollowing(session, TimeProvider.System, TimeSpan.FromMilliseconds(1)).FollowAsync("churn-1", new Told(news), CancellationToken.None);
        return (outcome, news);
    }

    private sealed class Told(List<string> into) : IProgress<JobNews>
    {
        public void Report(JobNews value) => into.Add(value.Line ?? value.State!);
    }

    /// <summary>SageMaker and CloudWatch Logs as a list of what each look finds.</summary>
    private sealed class Script((string Status, string[] Transitions)[] looks, string[][] lines) : HttpMessageHandler
    {
        private int look;
        private int page = -1;

        public string? Reason { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var action = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[^1];
            var input = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            return action switch
            {
                "DescribeTrainingJob" => Answer(Job()),
                "DescribeLogStreams" when lines.Length == 0 => Answer(new JsonObject { ["__type"] = "ResourceNotFoundException", ["message"] = "The specified log group does not exist." }, HttpStatusCode.BadRequest),
                "DescribeLogStreams" => Answer(Streams((string?)input["logStreamNamePrefix"])),
                "GetLogEvents" => Answer(Events((string?)input["nextToken"])),
                _ => throw new InvalidOperationException(action),
            };
        }

        private JsonObject Job()
        {
            var (status, transitions) = looks[Math.Min(look++, looks.Length - 1)];
            var job = new JsonObject
            {
                ["TrainingJobName"] = "churn-1",
                ["TrainingJobStatus"] = status,
                ["SecondaryStatusTransitions"] = new JsonArray([.. transitions.Select(transition => new JsonObject { ["Status"] = transition })]),
                ["ModelArtifacts"] = new JsonObject { ["S3ModelArtifacts"] = "s3://bucket/models/churn-1/output/model.tar.gz" },
            };
            if (Reason is not null)
            {
                job["FailureReason"] = Reason;
            }

            return job;
        }

        /// <summary>The lines of this look, and then the same token again: so CloudWatch says that there is no more for now.</summary>
        private JsonObject Events(string? token)
        {
            var end = $"f/{page}";
            var now = token == end || page >= lines.Length ? [] : lines[page];
            return new JsonObject
            {
                ["events"] = new JsonArray([.. now.Select(line => new JsonObject { ["timestamp"] = 1, ["message"] = line })]),
                ["nextForwardToken"] = end,
            };
        }

        private JsonObject Streams(string? prefix)
        {
            page++;
            return new JsonObject { ["logStreams"] = new JsonArray(new JsonObject { ["logStreamName"] = $"{prefix}algo-1" }) };
        }

        private static HttpResponseMessage Answer(JsonObject body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(body.ToJsonString()) };
    }
}

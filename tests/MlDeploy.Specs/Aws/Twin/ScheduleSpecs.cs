using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Scheduling;

namespace MlDeploy.Specs.Aws.Twin;

[Collection(RunningTwin.Collection)]
public sealed class ScheduleSpecs(RunningTwin twin)
{
    // 2026-11-20 is a Friday.
    [Theory]
    [InlineData("rate(7 days)", "2026-11-20T10:00:00Z", "2026-11-27T00:00:00Z")]
    [InlineData("rate(1 hour)", "2026-11-20T10:30:00Z", "2026-11-20T11:00:00Z")]
    [InlineData("at(2026-12-01T06:00:00)", "2026-11-20T10:00:00Z", "2026-12-01T06:00:00Z")]
    [InlineData("cron(0 6 ? * MON-FRI *)", "2026-11-20T10:00:00Z", "2026-11-23T06:00:00Z")]
    [InlineData("cron(15 10 1 * ? *)", "2026-11-20T10:00:00Z", "2026-12-01T10:15:00Z")]
    [InlineData("cron(0/20 * * * ? *)", "2026-11-20T10:21:00Z", "2026-11-20T10:40:00Z")]
    [InlineData("cron(0 0 29 2 ? *)", "2026-11-20T10:00:00Z", "2028-02-29T00:00:00Z")]
    public void A_schedule_fires_next(string expression, string after, string next)
    {
        var created = DateTimeOffset.Parse("2026-11-20T00:00:00Z", CultureInfo.InvariantCulture);
        Assert.Equal(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture),
            ScheduleExpression.Parse(expression).Next(created, DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), TimeZoneInfo.Utc));
    }

    [Theory]
    [InlineData("rate(0 days)")]
    [InlineData("rate(1 week)")]
    [InlineData("cron(0 6 * * * *)")]
    [InlineData("cron(0 25 ? * MON *)")]
    [InlineData("every day")]
    public void A_wrong_expression_is_refused(string expression) =>
        Assert.Equal($"Invalid Schedule Expression {expression}.", Assert.Throws<AwsError>(() => ScheduleExpression.Parse(expression)).Message);

    [Fact]
    public async Task A_schedule_of_the_official_command_line_starts_a_training_job()
    {
        twin.Require();
        var job = """{"TrainingJobName":"nightly-<aws.scheduler.execution-id>","AlgorithmSpecification":{"TrainingImage":"none","TrainingInputMode":"File"},"RoleArn":"arn:aws:iam::123456789012:role/r","OutputDataConfig":{"S3OutputPath":"s3://nightly/out"},"ResourceConfig":{"InstanceCount":1,"InstanceType":"ml.m5.large","VolumeSizeInGB":10},"StoppingCondition":{"MaxRuntimeInSeconds":3600}}""";
        var target = new JsonObject { ["Arn"] = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", ["RoleArn"] = "arn:aws:iam::123456789012:role/r", ["Input"] = job };
        await twin.Aws.RunAsync("scheduler", "create-schedule", "--name", "nightly", "--schedule-expression", "rate(1 minute)", "--flexible-time-window", "Mode=OFF", "--target", target.ToJsonString());
        await RunningTwin.BecomesAsync(async () => (await twin.JsonAsync("sagemaker", "ListTrainingJobs", """{"NameContains":"nightly"}"""))["TrainingJobSummaries"]!.AsArray().Count > 0, "the schedule fires");
        await twin.Aws.RunAsync("scheduler", "delete-schedule", "--name", "nightly");
        Assert.Contains("ResourceNotFoundException", await twin.Aws.FailAsync("scheduler", "get-schedule", "--name", "nightly"), StringComparison.Ordinal);
    }
}

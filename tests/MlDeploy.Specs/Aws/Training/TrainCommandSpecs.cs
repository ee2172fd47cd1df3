using System.Text.Json.Nodes;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.Aws.Training;

/// <summary>`mldeploy train …` against the twin, seen with the official command line.</summary>
public sealed class TrainCommandSpecs(TrainingGround ground) : IClassFixture<TrainingGround>
{
    [Fact]
    public async Task From_up_to_down_the_data_keeps_its_versions_and_a_job_is_recorded_with_them()
    {
        ground.Write("data.csv", "amount,label\n1,0\n2,1\n");
        ground.Write("train.py", "print('training')\n");
        var manifest = ground.Manifest("churn", "data: data.csv, image: \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/trainer:3\", command: [python3, train.py, --fast], schedule: rate(7 days)");

        var up = await ground.RunAsync(manifest, "train", "up", "-o", "json");
        Assert.True(up.ExitCode == ExitCode.Done, up.Messages);
        Assert.Contains("data: 1 object sent (21 B)", up.Messages, StringComparison.Ordinal);
        var made = JsonNode.Parse(up.Results)!;
        var bucket = (string)made["bucket"]!;
        var version = (string)made["data"]!["version"]!;
        Assert.Equal("mldeploy/training/v1", (string)made["schema"]!);
        Assert.Contains("notebook-instances/churn", (string)made["console"]!, StringComparison.Ordinal);
        var head = await ground.AwsAsync("s3api", "head-object", "--bucket", bucket, "--key", "data/data.csv");
        Assert.Equal((version, 21), ((string)head!["VersionId"]!, (int)head["ContentLength"]!));

        var again = await ground.RunAsync(manifest, "train", "up", "-o", "json");
        Assert.Equal(("unchanged", version), ((string)JsonNode.Parse(again.Results)!["stack"]!, (string)JsonNode.Parse(again.Results)!["data"]!["version"]!));
        Assert.True((bool)JsonNode.Parse(again.Results)!["data"]!["objects"]![0]!["skipped"]!);

        ground.Write("data.csv", "amount,label\n3,0\n");
        var uploaded = await ground.RunAsync(manifest, "train", "upload", "-o", "json");
        Assert.Equal(ExitCode.Done, uploaded.ExitCode);
        var second = (string)JsonNode.Parse(uploaded.Results)!["data"]!["version"]!;
        Assert.NotEqual(version, second);

        var job = await ground.RunAsync(manifest, "train", "job", "--script", "train.py", "--hyperparameter", "depth=6", "--detach", "-o", "json");
        Assert.True(job.ExitCode == ExitCode.Done, job.Messages);
        var started = JsonNode.Parse(job.Results)!;
        var name = (string)started["name"]!;
        Assert.Equal(second, (string)started["dataVersion"]!);
        var described = await ground.AwsAsync("sagemaker", "describe-training-job", "--training-job-name", name);
        Assert.Equal("6", (string)described!["HyperParameters"]!["depth"]!);
        Assert.Equal(["data", "code"], described["InputDataConfig"]!.AsArray().Select(channel => (string)channel!["ChannelName"]!));
        var entrypoint = described["AlgorithmSpecification"]!["ContainerEntrypoint"]!.AsArray().Select(word => (string)word!).ToArray();
        Assert.Equal(["python3", "train.py", "--fast"], entrypoint[^3..]);
        var code = (string)described["InputDataConfig"]![1]!["DataSource"]!["S3DataSource"]!["S3Uri"]!;
        Assert.Equal($"s3://{bucket}/code/{started["codeSha256"]}/", code);
        var record = await ground.AwsAsync("s3api", "head-object", "--bucket", bucket, "--key", $"models/{name}/mldeploy.json");
        Assert.NotNull(record);

        var status = await ground.RunAsync(manifest, "train", "status");
        Assert.True(status.ExitCode == ExitCode.Done, status.Messages);
        Assert.Contains($"version {second}", status.Results, StringComparison.Ordinal);
        Assert.Contains(name, status.Results, StringComparison.Ordinal);
        Assert.Contains("retraining: rate(7 days), enabled", status.Results, StringComparison.Ordinal);
        Assert.Contains(name, (await ground.RunAsync(manifest, "train", "jobs")).Results, StringComparison.Ordinal);

        var wrong = await ground.RunAsync(manifest, "train", "down", "--confirm", "churns");
        Assert.Equal(ExitCode.Usage, wrong.ExitCode);
        var down = await ground.RunAsync(manifest, "train", "down", "--confirm", "churn");
        Assert.True(down.ExitCode == ExitCode.Done, down.Messages);
        Assert.Contains($"kept: training data in bucket {bucket}", down.Results, StringComparison.Ordinal);
        Assert.NotNull(await ground.AwsAsync("s3api", "head-object", "--bucket", bucket, "--key", "data/data.csv"));

        var back = await ground.RunAsync(manifest, "train", "up", "-o", "json");
        Assert.True(back.ExitCode == ExitCode.Done, back.Messages);
        Assert.Equal(second, (string)JsonNode.Parse(back.Results)!["data"]!["version"]!);

        var gone = await ground.RunAsync(manifest, "train", "down", "--confirm", "churn", "--delete-data");
        Assert.True(gone.ExitCode == ExitCode.Done, gone.Messages);
        Assert.DoesNotContain((await ground.AwsAsync("s3api", "list-buckets"))!["Buckets"]!.AsArray(), entry => (string)entry!["Name"]! == bucket);
        Assert.Empty((await ground.AwsAsync("sagemaker", "list-notebook-instances", "--name-contains", "churn"))!["NotebookInstances"]!.AsArray());
    }

    [Fact]
    public async Task A_job_really_trains_with_the_data_and_its_log_and_model_are_told()
    {
        ground.Write("data.csv", "x,y\n1,2\n2,4\n3,6\n");
        ground.Write("train.sh", """
            echo "rows $(($(wc -l < "$SM_CHANNEL_DATA/data.csv") - 1))" "$@"
            echo 'slope 2' > "$SM_MODEL_DIR/model.txt"
            """);
        ground.Write("broken.sh", "echo about to fail; exit 3\n");
        var manifest = ground.Manifest("slope");
        Assert.Equal(ExitCode.Done, (await ground.RunAsync(manifest, "train", "up")).ExitCode);

        var trained = await ground.RunAsync(manifest, "train", "job", "--script", "train.sh", "--hyperparameter", "degree=1", "-o", "json");
        var failed = await ground.RunAsync(manifest, "train", "job", "--script", "broken.sh");

        Assert.True(trained.ExitCode == ExitCode.Done, trained.Messages);
        Assert.Contains("rows 3 --degree 1", trained.Messages, StringComparison.Ordinal);
        var document = JsonNode.Parse(trained.Results)!;
        var model = (string)document["model"]!;
        Assert.EndsWith($"/models/{document["name"]}/output/model.tar.gz", model, StringComparison.Ordinal);
        Assert.NotNull(await ground.AwsAsync("s3api", "head-object", "--bucket", model.Split('/')[2], "--key", model.Split('/', 4)[3]));
        Assert.Equal(ExitCode.TargetFailed, failed.ExitCode);
        Assert.Contains("failed: AlgorithmError", failed.Messages, StringComparison.Ordinal);
        Assert.Contains("the last it printed:\n  about to fail", failed.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train job --script train.unknown", "nothing says how train.unknown is run")]
    [InlineData("train job --script train.py --hyperparameter depth", "is not NAME=VALUE")]
    [InlineData("train job --script gone.py", "has no training infrastructure")]
    [InlineData("train status", "has no training infrastructure")]
    [InlineData("train status --target local", "on aws only")]
    public async Task What_cannot_be_is_told_before_anything_is_touched(string line, string told)
    {
        var manifest = ground.Manifest("never");

        var run = await ground.RunAsync(manifest, line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(told, run.Messages, StringComparison.Ordinal);
    }
}

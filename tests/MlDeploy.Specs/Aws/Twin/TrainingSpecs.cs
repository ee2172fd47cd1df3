using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.Front;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>SageMaker: a notebook through its states, and jobs that are real processes.</summary>
public sealed class TrainingSpecs : IAsyncLifetime
{
    private TwinServer? server;
    private TwinCaller? caller;

    public async ValueTask InitializeAsync()
    {
        if (Peer.Find("moto_server") is null)
        {
            return;
        }

        server = await TwinServer.StartAsync(new TwinOptions
        {
            Speed = 300,
            Images =
            [
                new ImageCommand("good", """echo "rows $(wc -l < "$SM_CHANNEL_TRAINING/data.csv") rate $LEARNING_RATE"; cat input/config/hyperparameters.json; echo weights > "$SM_MODEL_DIR/model.bin" """),
                new ImageCommand("bad", """echo "no such column" > "$SM_OUTPUT_DIR/failure"; exit 3"""),
                new ImageCommand("own", "exec \"$@\""),
                new ImageCommand("endless", "echo started; exec sleep 1000"),
            ],
        });
        caller = new TwinCaller(server.Endpoint, "client", "eu-central-1");
        await caller.S3Async(HttpMethod.Put, "/training", new StringContent("<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"), CancellationToken.None);
        await caller.S3Async(HttpMethod.Put, "/training/data/v1/data.csv", new StringContent("a,b\n1,2\n3,4\n"), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_notebook_and_jobs_go_through_their_states()
    {
        if (server is null)
        {
            Peer.Missing("moto_server");
        }

        await CallAsync("CreateNotebookInstance", """{"NotebookInstanceName":"lab","InstanceType":"ml.t3.medium","RoleArn":"arn:aws:iam::123456789012:role/r"}""");
        Assert.Equal("Pending", await NotebookAsync());
        await StartAsync("good", "good");
        await StartAsync("bad", "bad");
        await StartAsync("own", "own", """,{"ContainerEntrypoint":["/bin/sh","-c"],"ContainerArguments":["cat /opt/ml/input/data/training/data.csv > /opt/ml/model/copy"]}""");
        await StartAsync("endless", "endless");
        await StartAsync("overtime", "endless", seconds: 240);
        Assert.Equal("ResourceInUse", (await Assert.ThrowsAsync<AwsError>(() => StartAsync("good", "good"))).Code);

        await EndsAsync("good", "Completed");
        var good = await JobAsync("good");
        Assert.Equal(["Starting", "Downloading", "Training", "Uploading", "Completed"], good["SecondaryStatusTransitions"]!.AsArray().Select(one => (string)one!["Status"]!));
        Assert.Equal("s3://training/out/good/output/model.tar.gz", (string)good["ModelArtifacts"]!["S3ModelArtifacts"]!);
        Assert.Equal("weights\n", await UnpackAsync("good", "model.bin"));
        Assert.Equal(["rows 3 rate 0.1", """{"depth":"3"}"""], await LogAsync("good"));

        await EndsAsync("own", "Completed");
        Assert.Equal("a,b\n1,2\n3,4\n", await UnpackAsync("own", "copy"));

        await EndsAsync("bad", "Failed");
        Assert.Equal("AlgorithmError: no such column\n, exit code: 3", (string)(await JobAsync("bad"))["FailureReason"]!);

        await RunningTwin.BecomesAsync(async () => (await LogAsync("endless")).Count == 1, "the endless job trains");
        await CallAsync("StopTrainingJob", """{"TrainingJobName":"endless"}""");
        await EndsAsync("endless", "Stopped");
        await EndsAsync("overtime", "Stopped");
        Assert.Equal("MaxRuntimeExceeded", (string)(await JobAsync("overtime"))["SecondaryStatus"]!);

        await RunningTwin.BecomesAsync(async () => await NotebookAsync() == "InService", "the notebook is in service");
        using var http = new HttpClient();
        var url = (string)(await CallAsync("CreatePresignedNotebookInstanceUrl", """{"NotebookInstanceName":"lab"}"""))["AuthorizedUrl"]!;
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(url))).StatusCode);
        Assert.Contains("Status (InService) not in ([Stopped, Failed])", (await Assert.ThrowsAsync<AwsError>(() => CallAsync("DeleteNotebookInstance", """{"NotebookInstanceName":"lab"}"""))).Message, StringComparison.Ordinal);
        await CallAsync("StopNotebookInstance", """{"NotebookInstanceName":"lab"}""");
        Assert.Equal("Stopping", await NotebookAsync());
        await RunningTwin.BecomesAsync(async () => await NotebookAsync() == "Stopped", "the notebook stops");
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri(url))).StatusCode);
        await CallAsync("DeleteNotebookInstance", """{"NotebookInstanceName":"lab"}""");
        await RunningTwin.BecomesAsync(async () => (await CallAsync("ListNotebookInstances", "{}"))["NotebookInstances"]!.AsArray().Count == 0, "the notebook is gone");
    }

    private Task StartAsync(string name, string image, string algorithm = "", int seconds = 3600)
    {
        var input = (JsonObject)JsonNode.Parse($$"""
            {"TrainingJobName":"{{name}}","AlgorithmSpecification":{"TrainingImage":"{{image}}","TrainingInputMode":"File"},"RoleArn":"arn:aws:iam::123456789012:role/r",
             "InputDataConfig":[{"ChannelName":"training","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://training/data/v1/"} } }],
             "HyperParameters":{"depth":"3"},"Environment":{"LEARNING_RATE":"0.1"},
             "OutputDataConfig":{"S3OutputPath":"s3://training/out/"},"ResourceConfig":{"InstanceCount":1,"InstanceType":"ml.m5.large","VolumeSizeInGB":10},"StoppingCondition":{"MaxRuntimeInSeconds":{{seconds}}} }
            """)!;
        foreach (var (field, value) in algorithm.Length == 0 ? [] : (JsonObject)JsonNode.Parse(algorithm[1..])!)
        {
            input["AlgorithmSpecification"]![field] = value?.DeepClone();
        }

        return CallAsync("CreateTrainingJob", input.ToJsonString());
    }

    private Task EndsAsync(string name, string status) =>
        RunningTwin.BecomesAsync(async () => (string)(await JobAsync(name))["TrainingJobStatus"]! == status, $"{name} is {status}");

    private Task<JsonObject> JobAsync(string name) => CallAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = name }.ToJsonString());

    private async Task<string> NotebookAsync() => (string)(await CallAsync("DescribeNotebookInstance", """{"NotebookInstanceName":"lab"}"""))["NotebookInstanceStatus"]!;

    private async Task<List<string>> LogAsync(string job)
    {
        var streams = await caller!.JsonAsync("logs", "DescribeLogStreams", new JsonObject { ["logGroupName"] = "/aws/sagemaker/TrainingJobs", ["logStreamNamePrefix"] = $"{job}/algo-1-" }, CancellationToken.None);
        if (streams["logStreams"]!.AsArray().Count == 0)
        {
            return [];
        }

        var events = await caller.JsonAsync("logs", "GetLogEvents", new JsonObject { ["logGroupName"] = "/aws/sagemaker/TrainingJobs", ["logStreamName"] = streams["logStreams"]![0]!["logStreamName"]!.DeepClone(), ["startFromHead"] = true }, CancellationToken.None);
        return [.. events["events"]!.AsArray().Select(line => (string)line!["message"]!)];
    }

    private async Task<string> UnpackAsync(string job, string file)
    {
        using var packed = new MemoryStream(await caller!.S3BytesAsync($"/training/out/{job}/output/model.tar.gz", CancellationToken.None));
        await using var zip = new GZipStream(packed, CompressionMode.Decompress);
        await using var tar = new TarReader(zip);
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            if (entry.Name.EndsWith(file, StringComparison.Ordinal))
            {
                return await new StreamReader(entry.DataStream!).ReadToEndAsync();
            }
        }

        Assert.Fail($"{job}'s artefact has no {file}");
        return "";
    }

    private Task<JsonObject> CallAsync(string action, string input) => caller!.JsonAsync("sagemaker", action, (JsonObject)JsonNode.Parse(input)!, CancellationToken.None);
}

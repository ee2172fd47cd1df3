using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>
/// One job from Starting to its end. With a command for its image it is a real process in a folder that stands for
/// `/opt/ml`; without one it only takes its time and leaves an artefact that says so.
/// </summary>
internal sealed class TrainingRun(TwinContext twin, string region, TrainingJob job, Action<string, Func<TrainingJob, TrainingJob>> change)
{
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Unmapped = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);

    public async Task RunAsync(CancellationToken stop)
    {
        using var call = twin.Caller("sagemaker", region);
        using var folder = new TrainingFolder();
        try
        {
            await Task.Delay(Starting, twin.Clock, stop);
            Enter("Downloading", "Downloading input data");
            await folder.FillAsync(job.Input, call, stop);
            Enter("Training", "Training image download completed. Training in progress.");
            change(job.Name, one => one with { Started = Now });
            var failure = await TrainAsync(folder, call, stop);
            if (failure is not null)
            {
                End("Failed", "Training job failed", failure);
                return;
            }

            Enter("Uploading", "Uploading generated training model");
            await UploadAsync(folder, call, stop);
            End("Completed", "Training job completed", null);
        }
        catch (OperationCanceledException) when (twin.Ending.IsCancellationRequested)
        {
            // The twin ends; nobody will ask for this job again.
        }
        catch (OperationCanceledException)
        {
            End("Stopped", "Training job stopped", null);
        }
        catch (TimeoutException)
        {
            // As SageMaker does, what was saved so far is kept.
            await UploadAsync(folder, call, twin.Ending);
            End("MaxRuntimeExceeded", "Training job runtime exceeded MaxRuntimeInSeconds provided", null);
        }
        catch (AwsError error)
        {
            End("Failed", "Training job failed", $"ClientError: {error.Message}");
        }
    }

    private DateTimeOffset Now => twin.Clock.GetUtcNow();

    private string Image => job.Input.Object("AlgorithmSpecification").Text("TrainingImage") ?? job.Input.Object("AlgorithmSpecification").Text("AlgorithmName") ?? "";

    /// <returns>Why it failed; null when it did not.</returns>
    private async Task<string?> TrainAsync(TrainingFolder folder, TwinCaller call, CancellationToken stop)
    {
        await using var log = new JobLog(call, twin.Clock, job.Name, Now);
        await log.OpenAsync(stop);
        if (new ImageCommands(twin.Options.Images).Find(Image) is not { } command)
        {
            log.Write($"The twin has no command for image {Image} (--image PATTERN=COMMAND): nothing is trained");
            await File.WriteAllTextAsync(Path.Combine(folder.Model, "README"), $"The twin had no command for {Image}; nothing was trained.\n", stop);
            await Task.Delay(Unmapped, twin.Clock, stop);
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var most = TimeSpan.FromSeconds(job.Input.Object("StoppingCondition").Whole("MaxRuntimeInSeconds") ?? 86400);
        await using var timer = twin.Clock.CreateTimer(_ => limit.Cancel(), null, most, Timeout.InfiniteTimeSpan);
        using var process = Start(command, folder, log);
        try
        {
            await process.Exit.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
            stop.ThrowIfCancellationRequested();
            throw new TimeoutException();
        }

        var code = await process.Exit;
        return code == 0 ? null
            : File.Exists(folder.Failure) ? $"AlgorithmError: {await File.ReadAllTextAsync(folder.Failure, CancellationToken.None)}, exit code: {code}"
            : $"AlgorithmError: , exit code: {code}";
    }

    /// <summary>A container that is told to end has two minutes for it.</summary>
    private async Task EndAsync(ContainerProcess process)
    {
        process.Terminate();
        try
        {
            await process.Exit.WaitAsync(Grace, twin.Clock, twin.Ending);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            process.Kill();
            await process.Exit;
        }
    }

    /// <summary>The container's own entry point, paths under `/opt/ml` rewritten, is the command's arguments: a command of `exec "$@"` runs it.</summary>
    private ContainerProcess Start(string command, TrainingFolder folder, JobLog log)
    {
        var algorithm = job.Input.Object("AlgorithmSpecification");
        var entry = algorithm.Texts("ContainerEntrypoint").Concat(algorithm.Texts("ContainerArguments")).Select(part => part.Replace("/opt/ml", folder.Root, StringComparison.Ordinal)).ToList();
        return ContainerProcess.Start(
            ["/bin/sh", "-c", $"cd \"$SM_BASE_DIR\" || exit 1\n{command}", "training", .. entry.Count > 0 ? entry : ["train"]], Environment(folder), log.Write);
    }

    private Dictionary<string, string> Environment(TrainingFolder folder)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "",
            ["HOME"] = folder.Root,
            ["SM_BASE_DIR"] = folder.Root,
            ["SM_MODEL_DIR"] = folder.Model,
            ["SM_OUTPUT_DIR"] = folder.Output,
            ["SM_OUTPUT_DATA_DIR"] = Path.Combine(folder.Output, "data"),
            ["SM_HPS"] = job.Input.Object("HyperParameters").ToJsonString(),
            ["TRAINING_JOB_NAME"] = job.Name,
            ["TRAINING_JOB_ARN"] = job.Arn,
            ["AWS_REGION"] = region,
            ["AWS_ENDPOINT_URL"] = twin.Endpoint.GetLeftPart(UriPartial.Authority),
            ["AWS_ACCESS_KEY_ID"] = "twin",
            ["AWS_SECRET_ACCESS_KEY"] = "twin",
        };
        foreach (var channel in job.Input.Objects("InputDataConfig").Select(channel => channel.Required("ChannelName")))
        {
            environment[$"SM_CHANNEL_{channel.ToUpperInvariant()}"] = Path.Combine(folder.Root, "input", "data", channel);
        }

        foreach (var (name, value) in job.Input.Object("Environment"))
        {
            environment[name] = value!.GetValue<string>().Replace("/opt/ml", folder.Root, StringComparison.Ordinal);
        }

        return environment;
    }

    private async Task UploadAsync(TrainingFolder folder, TwinCaller call, CancellationToken cancel)
    {
        var target = $"{job.Input.Object("OutputDataConfig").Required("S3OutputPath").TrimEnd('/')}/{job.Name}/output/model.tar.gz";
        var (bucket, key) = S3Places.Split(target);
        using var content = new ByteArrayContent(await folder.PackAsync(cancel));
        await call.S3Async(HttpMethod.Put, $"/{bucket}/{S3Places.Escape(key)}", content, cancel);
        change(job.Name, one => one with { Artefact = target });
    }

    private void Enter(string status, string message) => change(job.Name, one => one.Status == "Stopping" ? one : one.Enter(status, message, Now));

    private void End(string status, string message, string? failure) => change(job.Name, one => one.Enter(status, message, Now) with { Ended = Now, FailureReason = failure });
}

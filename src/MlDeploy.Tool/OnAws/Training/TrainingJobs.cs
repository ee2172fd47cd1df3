using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.SageMaker;
using MlDeploy.Aws.Templates.Training;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>`mldeploy train job`, `train follow` and `train stop`.</summary>
internal static class TrainingJobs
{
    /// <summary>As long as SageMaker lets a job run by default, and as the schedule does.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(1);

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var job = await PrepareAsync(parse, access, context);
        var (place, by) = (await access.PlaceAsync(context), Deployer.From(context).Holder);
        var bucket = new TrainingUpload(access.Session, place.Bucket);
        await bucket.WriteAsync($"{TrainingLayout.Models}{job.Name}/mldeploy.json", Record(job, place, by, context), "application/json", context.Stop);
        await access.Session.SageMaker.CreateTrainingJobAsync(job.Request(place, by), context.Stop);
        context.Progress.State($"job {job.Name} is started: {job.Image} on {job.InstanceType}{(job.Data is { } data ? $", data version {data.Version}" : "")}", Tone.Good);
        if (parse.GetValue(TrainCommand.Detach))
        {
            Write(Document(access, job, "InProgress", null), context);
            return ExitCode.Done;
        }

        var outcome = await FollowAsync(access.Session, job.Name, parse.GetValue(TrainCommand.StopOnInterrupt), context);
        await TellIfReplacedAsync(job, bucket, context);
        return Ended(outcome, Document(access, job, outcome.Status, outcome), context);
    }

    public static async Task<ExitCode> FollowAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var name = parse.GetValue(TrainCommand.Job)!;
        var outcome = await FollowAsync(access.Session, name, parse.GetValue(TrainCommand.StopOnInterrupt), context);
        return Ended(outcome, new TrainingJobDocument(access.Manifest.Name, name, outcome.Status, outcome.Model, null, null, null, null, null, null, outcome.Billed?.TotalSeconds, outcome.Metrics), context);
    }

    public static async Task<ExitCode> StopAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var name = parse.GetValue(TrainCommand.Job)!;
        await access.Session.SageMaker.StopTrainingJobAsync(new StopTrainingJobRequest { TrainingJobName = name }, context.Stop);
        var document = new TrainingJobDocument(access.Manifest.Name, name, "Stopping", null, null, null, null, null, null, null, null, null);
        context.Results.Write("training-job", document, TrainingDocuments.Default.TrainingJobDocument, (text, _) => text.WriteLine($"{name} is being stopped; `mldeploy train follow {name}` shows its end"));
        return ExitCode.Done;
    }

    private static async Task<TrainingJob> PrepareAsync(ParseResult parse, TrainingAccess access, CommandContext context)
    {
        var settings = access.Settings;
        var files = TrainingUploads.CodeFiles(parse, context);
        var script = parse.GetValue(TrainCommand.Script);
        var parameters = TrainingJob.Parameters(parse.GetValue(TrainCommand.HyperParameter) ?? []);
        var command = TrainingCommand.Of(settings.Command, script is null ? null : Path.GetFileName(script), parse.GetValue(TrainCommand.Requirements) is not null, parameters);
        var image = settings.Image ?? TrainingImages.Default(access.Session.Region)
            ?? throw new ExpectedException(ExitCode.Usage, $"training.image is not set, and for {access.Session.Region} there is no default", "set training.image to an image in ECR that has what the script needs");
        if (settings.Image is null && command.IsEmpty)
        {
            throw new ExpectedException(ExitCode.Usage, "nothing says what is trained", "name a script with --script, or set training.image or training.command");
        }

        var place = await access.PlaceAsync(context);
        var data = await TrainingUploads.DataAsync(access, place, context);
        var digest = files.Count == 0 ? null : await TrainingUploads.CodeDigestAsync(files, context);
        var prefix = digest is not null ? $"code/{digest}/" : command.IsEmpty ? null : TrainingLayout.CurrentCode;
        if (digest is not null)
        {
            await TrainingUploads.CodeAsync(access, place, files, prefix!, context);
        }

        var revision = await CodeRevision.ReadAsync(new CommandRunner(context.Clock), context.Surroundings.WorkingDirectory, ToolEnvironment.Of(context), context.Stop);
        return new TrainingJob(
            TrainingJob.NewName(access.Manifest.Name, context.Clock.GetUtcNow(), context.Surroundings.Random),
            image, command, parameters, settings.Job, prefix, data, revision, digest, parse.GetValue(TrainCommand.Private), LongestRun);
    }

    /// <summary>Where the model came from, beside the model: what a model must be traceable to outlives the list of jobs.</summary>
    private static string Record(TrainingJob job, TrainingPlace place, string by, CommandContext context)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "mldeploy/training-record/v1");
            json.WriteString("job", job.Name);
            json.WriteString("startedAt", context.Clock.GetUtcNow());
            json.WriteString("image", job.Image);
            json.WriteString("instanceType", job.InstanceType);
            foreach (var (name, value) in job.Facts(place, by))
            {
                json.WriteString(name, value);
            }

            json.WriteStartObject("hyperParameters");
            foreach (var (name, value) in job.HyperParameters)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteStartArray("data");
            foreach (var item in job.Data?.Objects ?? [])
            {
                json.WriteStartObject();
                json.WriteString("key", item.Key);
                json.WriteString("version", item.Version);
                json.WriteString("sha256", item.Digest.Hex);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static async Task<JobOutcome> FollowAsync(AwsSession session, string name, bool stopOnInterrupt, CommandContext context)
    {
        var state = "waiting for the job";
        using var heartbeat = context.Progress.Heartbeat(() => state);
        try
        {
            return await new JobFollowing(session, context.Clock, JobFollowing.First).FollowAsync(name, new Lines(context, told => state = told), context.Stop);
        }
        catch (OperationCanceledException) when (context.Interruption.ExitCode is not null)
        {
            await InterruptedAsync(session, name, stopOnInterrupt, context);
            throw;
        }
    }

    private static async Task InterruptedAsync(AwsSession session, string name, bool stop, CommandContext context)
    {
        if (!stop)
        {
            context.Progress.State($"interrupted; job {name} goes on: `mldeploy train follow {name}` follows it, `mldeploy train stop {name}` stops it", Tone.Warning);
            return;
        }

        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5), context.Clock);
        try
        {
            await session.SageMaker.StopTrainingJobAsync(new StopTrainingJobRequest { TrainingJobName = name }, soon.Token);
            context.Progress.State($"interrupted; job {name} is being stopped", Tone.Warning);
        }
        catch (Exception failure) when (failure is AwsServiceException or OperationCanceledException)
        {
            context.Progress.State($"interrupted, and job {name} could not be stopped ({failure.Message}): `mldeploy train stop {name}` tries again", Tone.Bad);
        }
    }

    private static ExitCode Ended(JobOutcome outcome, TrainingJobDocument document, CommandContext context)
    {
        if (!outcome.Succeeded)
        {
            var reason = outcome.FailureReason is { Length: > 0 } why ? $": {Core.Rollout.Words.FirstLine(why)}" : "";
            var lines = outcome.LastLines.IsEmpty ? "; it printed nothing" : $"; the last it printed:\n  {string.Join("\n  ", outcome.LastLines.TakeLast(10))}";
            throw new ExpectedException(ExitCode.TargetFailed, $"job {outcome.Name} {(outcome.Status == "Stopped" ? "was stopped" : "failed")}{reason}{lines}", "mend what it says, and start it again; all of its log is in CloudWatch, /aws/sagemaker/TrainingJobs");
        }

        Write(document, context);
        return ExitCode.Done;
    }

    /// <summary>A job reads the newest data at its start; it cannot be told a version.</summary>
    private static async Task TellIfReplacedAsync(TrainingJob job, TrainingUpload bucket, CommandContext context)
    {
        if (job.Data is { } data && DataVersion.Of(await bucket.ListAsync(TrainingLayout.Data, context.Stop)) is var now && now?.Version != data.Version)
        {
            context.Progress.State($"the data was replaced while job {job.Name} ran: it is recorded with version {data.Version}, and trained with {now?.Version ?? "nothing"} if that came before its download", Tone.Warning);
        }
    }

    private static TrainingJobDocument Document(TrainingAccess access, TrainingJob job, string status, JobOutcome? outcome) => new(
        access.Manifest.Name, job.Name, status, outcome?.Model, job.Image, job.InstanceType, job.Data?.Version, job.Data?.Digest, job.CodeDigest, job.Revision, outcome?.Billed?.TotalSeconds, outcome?.Metrics);

    private static void Write(TrainingJobDocument document, CommandContext context) =>
        context.Results.Write("training-job", document, TrainingDocuments.Default.TrainingJobDocument, (text, palette) =>
        {
            text.WriteLine($"{palette.Paint(Tone.Strong, document.Name)}  {document.Status}");
            var facts = new (string Name, string? Value)[]
            {
                ("model", document.Model),
                ("data version", document.DataVersion),
                ("code", document.Revision ?? document.CodeSha256),
                ("billed", document.BilledSeconds is { } seconds ? Core.Rollout.Words.Of(TimeSpan.FromSeconds(seconds)) : null),
            };
            foreach (var (name, value) in facts.Where(fact => fact.Value is not null))
            {
                text.WriteLine($"{name}: {value}");
            }

            foreach (var (name, value) in document.Metrics ?? ImmutableSortedDictionary<string, double>.Empty)
            {
                text.WriteLine($"{name}: {value:0.####}");
            }
        });

    private sealed class Lines(CommandContext context, Action<string> state) : IProgress<JobNews>
    {
        public void Report(JobNews value)
        {
            if (value.State is { } now)
            {
                state(now);
                context.Progress.State(now);
            }
            else
            {
                context.Progress.State(value.Line!, Tone.Quiet);
            }
        }
    }
}

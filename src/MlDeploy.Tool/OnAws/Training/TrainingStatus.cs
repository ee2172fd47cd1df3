using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.SageMaker;
using MlDeploy.Aws.Clients.Scheduler;
using MlDeploy.Aws.Templates.Training;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>`mldeploy train status` and `train jobs`.</summary>
internal static class TrainingStatus
{
    private const int JobsShown = 5;
    private const int JobsListed = 50;

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var place = await access.PlaceAsync(context);
        var document = new TrainingStatusDocument(
            access.Manifest.Name,
            place.Bucket,
            await Notebooks.ReadAsync(access.Session, place.Notebook, context.Stop),
            await ScheduleAsync(access, context.Stop),
            TrainingUploads.Entry(DataVersion.Of(await new TrainingUpload(access.Session, place.Bucket).ListAsync(TrainingLayout.Data, context.Stop))),
            await JobsAsync(access, JobsShown, context.Stop));
        context.Results.Write("training-status", document, TrainingDocuments.Default.TrainingStatusDocument, (text, palette) => Write(document, text, palette, context.Clock));
        return ExitCode.Done;
    }

    public static async Task<ExitCode> JobsAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var document = new TrainingJobsDocument(access.Manifest.Name, await JobsAsync(access, JobsListed, context.Stop));
        context.Results.Write("training-jobs", document, TrainingDocuments.Default.TrainingJobsDocument, (text, palette) => Write(document.Jobs, text, palette, context.Clock));
        return ExitCode.Done;
    }

    /// <summary>Jobs of this application, newest first, those of the schedule too: their names begin with its name.</summary>
    private static async Task<ImmutableArray<TrainingJobEntry>> JobsAsync(TrainingAccess access, int most, CancellationToken stop)
    {
        var prefix = access.Manifest.Name + "-";
        var jobs = ImmutableArray.CreateBuilder<TrainingJobEntry>();
        await foreach (var job in access.Session.SageMaker.TrainingJobsAsync(new ListTrainingJobsRequest { NameContains = prefix, SortBy = "CreationTime", SortOrder = "Descending", MaxResults = 100 }, stop))
        {
            if (job.TrainingJobName.StartsWith(prefix, StringComparison.Ordinal))
            {
                jobs.Add(new TrainingJobEntry(job.TrainingJobName, job.TrainingJobStatus, job.CreationTime, job.TrainingEndTime));
            }

            if (jobs.Count == most)
            {
                break;
            }
        }

        return jobs.ToImmutable();
    }

    private static async Task<ScheduleEntry?> ScheduleAsync(TrainingAccess access, CancellationToken stop)
    {
        try
        {
            var schedule = await access.Session.Scheduler.GetScheduleAsync(new GetScheduleRequest { Name = $"{access.Manifest.Name}-training" }, stop);
            return new ScheduleEntry(schedule.ScheduleExpression, schedule.State);
        }
        catch (AwsServiceException none) when (none.Kind == AwsFailureKind.NotFound)
        {
            return null;
        }
    }

    private static void Write(TrainingStatusDocument status, TextWriter text, Palette palette, TimeProvider clock)
    {
        text.WriteLine(palette.Paint(Tone.Strong, status.Application));
        text.WriteLine($"bucket: s3://{status.Bucket}");
        if (status.Data is null)
        {
            text.WriteLine("data: none; `mldeploy train upload` brings training.data");
        }

        TrainingUploads.Write("data", status.Data, status.Bucket, text);
        text.WriteLine($"notebook: {status.Notebook.Name} ({status.Notebook.InstanceType}) {palette.Paint(Told(status.Notebook.Status), status.Notebook.Status)}{(status.Notebook.Url is { } url ? $", {url}" : "")}{(status.Notebook.FailureReason is { Length: > 0 } why ? $": {why}" : "")}");
        text.WriteLine(status.Schedule is { } schedule ? $"retraining: {schedule.Expression}, {schedule.State.ToLowerInvariant()}" : "retraining: not scheduled");
        Write(status.Jobs, text, palette, clock);
    }

    private static void Write(ImmutableArray<TrainingJobEntry> jobs, TextWriter text, Palette palette, TimeProvider clock)
    {
        if (jobs.IsEmpty)
        {
            text.WriteLine("no training jobs yet; `mldeploy train job --script FILE` starts one");
            return;
        }

        var table = new Table("job", "status", "started", ">took");
        foreach (var job in jobs)
        {
            table.Add(
                job.Name,
                new Cell(job.Status, Told(job.Status)),
                job.Created?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                job.Created is { } created && (job.Ended ?? (job.Status is "InProgress" or "Stopping" ? clock.GetUtcNow() : null)) is { } until ? Core.Rollout.Words.Of(until - created) : null);
        }

        table.Write(text, palette);
    }

    private static Tone Told(string status) => status switch
    {
        "InService" or "Completed" => Tone.Good,
        "Failed" => Tone.Bad,
        "Stopped" => Tone.Quiet,
        _ => Tone.Plain,
    };
}

using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.SageMaker;

namespace MlDeploy.Aws.Training;

/// <summary>What happens to a job that is followed.</summary>
/// <param name="Line">A line of its log; null when its state changed.</param>
/// <param name="State">`Downloading: …`; null for a line of its log.</param>
public sealed record JobNews(string? Line, string? State);

/// <param name="Status">Completed, Failed or Stopped.</param>
/// <param name="Model">`s3://BUCKET/KEY` of the artefact; null when there is none.</param>
/// <param name="LastLines">The end of its log.</param>
public sealed record JobOutcome(string Name, string Status, string? FailureReason, string? Model, TimeSpan? Billed, ImmutableSortedDictionary<string, double> Metrics, ImmutableArray<string> LastLines)
{
    public bool Succeeded => Status == "Completed";
}

/// <summary>Watches a training job to its end.</summary>
/// <param name="first">Between the first two looks: what fails at once is seen at once. Then longer and longer, up to <see cref="Slowest"/>.</param>
public sealed class JobFollowing(AwsSession session, TimeProvider clock, TimeSpan first)
{
    private const int LinesKept = 20;

    /// <summary>Lines come to CloudWatch some seconds after they were printed: how many looks without a new one end the waiting for more.</summary>
    private const int QuietLooks = 2;

    /// <summary>SageMaker allows a few descriptions a second in the whole account.</summary>
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ForLateLines = TimeSpan.FromSeconds(2);

    public static TimeSpan First { get; } = TimeSpan.FromSeconds(1);

    /// <exception cref="Core.Errors.ExpectedException">Exit 7: there is no such job, or it cannot be looked at.</exception>
    public async Task<JobOutcome> FollowAsync(string name, IProgress<JobNews> progress, CancellationToken stop)
    {
        var log = new JobLog(session.Logs, name);
        var last = new Queue<string>();
        var (told, wait) = (0, first);
        while (true)
        {
            var job = await session.SageMaker.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = name }, stop);
            foreach (var transition in job.SecondaryStatusTransitions.Skip(told))
            {
                progress.Report(new JobNews(null, $"{transition.Status}{(string.IsNullOrWhiteSpace(transition.StatusMessage) ? "" : $": {transition.StatusMessage}")}"));
            }

            told = Math.Max(told, job.SecondaryStatusTransitions.Length);
            await TellAsync(log, last, progress, stop);
            if (job.TrainingJobStatus is "Completed" or "Failed" or "Stopped")
            {
                for (var quiet = 0; quiet < QuietLooks; quiet++)
                {
                    await Task.Delay(first < ForLateLines ? first : ForLateLines, clock, stop);
                    quiet = await TellAsync(log, last, progress, stop) > 0 ? -1 : quiet;
                }

                return Outcome(name, job, last);
            }

            await Task.Delay(wait, clock, stop);
            wait = wait * 1.5 < Slowest ? wait * 1.5 : Slowest;
        }
    }

    private static JobOutcome Outcome(string name, DescribeTrainingJobResponse job, IEnumerable<string> last) => new(
        name,
        job.TrainingJobStatus,
        job.FailureReason,
        job.TrainingJobStatus == "Completed" ? job.ModelArtifacts?.S3ModelArtifacts : null,
        job.BillableTimeInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        job.FinalMetricDataList.Where(metric => metric is { MetricName: not null, Value: not null }).GroupBy(metric => metric.MetricName!, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Last().Value!.Value, StringComparer.Ordinal),
        [.. last]);

    private static async Task<int> TellAsync(JobLog log, Queue<string> last, IProgress<JobNews> progress, CancellationToken stop)
    {
        var lines = await log.ReadAsync(stop);
        foreach (var line in lines)
        {
            progress.Report(new JobNews(line, null));
            last.Enqueue(line);
            if (last.Count > LinesKept)
            {
                last.Dequeue();
            }
        }

        return lines.Length;
    }
}

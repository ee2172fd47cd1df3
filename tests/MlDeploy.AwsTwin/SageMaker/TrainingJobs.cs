using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>Training jobs of one region: records, and the runs behind them.</summary>
internal sealed class TrainingJobs(TwinContext twin, string region)
{
    private readonly ConcurrentDictionary<string, TrainingJob> jobs = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> running = new();

    public IEnumerable<TrainingJob> All => jobs.Values.OrderByDescending(job => job.Created);

    public ConcurrentBag<Task> Runs { get; } = [];

    public JsonObject Create(JsonObject input)
    {
        var name = input.Required("TrainingJobName");
        foreach (var required in new[] { "AlgorithmSpecification", "OutputDataConfig", "ResourceConfig", "StoppingCondition" }.Where(field => input[field] is not JsonObject))
        {
            throw new AwsError("ValidationException", $"1 validation error detected: Value null at '{char.ToLowerInvariant(required[0])}{required[1..]}' failed to satisfy constraint: Member must not be null");
        }

        input.Required("RoleArn");
        var job = new TrainingJob(name, $"arn:{TwinAccount.Partition}:sagemaker:{region}:{TwinAccount.Id}:training-job/{name}", (JsonObject)input.DeepClone(), Now)
            .Enter("Starting", "Starting the training job", Now);
        if (!jobs.TryAdd(name, job))
        {
            throw new AwsError("ResourceInUse", $"Job name must be unique within an AWS account and region, and a training job with this name already exists ({job.Arn})");
        }

        var stop = CancellationTokenSource.CreateLinkedTokenSource(twin.Ending);
        running[name] = stop;
        Runs.Add(Task.Run(async () =>
        {
            await new TrainingRun(twin, region, job, Change).RunAsync(stop.Token);
            running.TryRemove(name, out _);
            stop.Dispose();
        }, CancellationToken.None));
        return new JsonObject { ["TrainingJobArn"] = job.Arn };
    }

    public JsonObject Stop(string name)
    {
        var job = Get(name);
        if (job.IsOver || job.Status == "Stopping")
        {
            throw new AwsError("ValidationException", $"The request was rejected because the training job is in status {job.Status}.");
        }

        Change(name, one => one.Enter("Stopping", "Stopping the training job", Now));
        if (running.TryGetValue(name, out var stop))
        {
            stop.Cancel();
        }

        return [];
    }

    public JsonObject List(JsonObject input) => new()
    {
        ["TrainingJobSummaries"] = new JsonArray([.. All
            .Where(job => input.Text("NameContains") is not { } part || job.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
            .Where(job => input.Text("StatusEquals") is not { } status || job.Status == status)
            .Take(input.Whole("MaxResults") ?? 100)
            .Select(job => (JsonNode?)new JsonObject
            {
                ["TrainingJobName"] = job.Name,
                ["TrainingJobArn"] = job.Arn,
                ["CreationTime"] = JsonValue.Create(job.Created),
                ["TrainingEndTime"] = Time(job.Ended),
                ["LastModifiedTime"] = JsonValue.Create(job.Modified),
                ["TrainingJobStatus"] = job.Status,
                ["SecondaryStatus"] = job.SecondaryStatus,
            })]),
    };

    public JsonObject Describe(string name)
    {
        var job = Get(name);
        var shown = (JsonObject)job.Input.DeepClone();
        shown.Remove("Tags");
        shown["TrainingJobArn"] = job.Arn;
        shown["TrainingJobStatus"] = job.Status;
        shown["SecondaryStatus"] = job.SecondaryStatus;
        shown["FailureReason"] = job.FailureReason;
        shown["ModelArtifacts"] = job.Artefact is null ? null : new JsonObject { ["S3ModelArtifacts"] = job.Artefact };
        shown["CreationTime"] = JsonValue.Create(job.Created);
        shown["TrainingStartTime"] = Time(job.Started);
        shown["TrainingEndTime"] = Time(job.Ended);
        shown["LastModifiedTime"] = JsonValue.Create(job.Modified);
        shown["TrainingTimeInSeconds"] = job is { Started: { } start, Ended: { } end } ? (int)(end - start).TotalSeconds : null;
        shown["BillableTimeInSeconds"] = job is { Started: { } from, Ended: { } to } ? (int)Math.Ceiling((to - from).TotalSeconds) : null;
        shown["SecondaryStatusTransitions"] = new JsonArray([.. job.Transitions.Select(one => (JsonNode?)new JsonObject
        {
            ["Status"] = one.Status, ["StartTime"] = JsonValue.Create(one.Start), ["EndTime"] = Time(one.End), ["StatusMessage"] = one.Message,
        })]);
        return shown;
    }

    private DateTimeOffset Now => twin.Clock.GetUtcNow();

    private TrainingJob Get(string name) => jobs.GetValueOrDefault(name) ?? throw new AwsError("ValidationException", "Requested resource not found.");

    private void Change(string name, Func<TrainingJob, TrainingJob> change) => jobs.AddOrUpdate(name, _ => throw new KeyNotFoundException(name), (_, job) => change(job));

    private static JsonValue? Time(DateTimeOffset? time) => time is { } known ? JsonValue.Create(known) : null;
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>Notebooks, their lifecycle configurations, and training jobs.</summary>
internal sealed class SageMakerService(TwinContext twin) : ITwinService, ITwinRoute, IAsyncDisposable
{
    private const string NotebookPath = "/_twin/notebook";
    private readonly ConcurrentDictionary<string, Region> regions = new();

    public string SigningName => "sagemaker";

    public bool Owns(string action) => true;

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        var (region, input) = (Of(request.Region), request.Input);
        return Task.FromResult(TwinReply.Of(request.Action switch
        {
            "CreateNotebookInstance" => region.Tagged(input, region.Notebooks.Create(input), "NotebookInstanceArn"),
            "DescribeNotebookInstance" => region.Notebooks.Describe(input.Required("NotebookInstanceName")),
            "ListNotebookInstances" => region.Notebooks.List(input),
            "StartNotebookInstance" => region.Notebooks.Start(input.Required("NotebookInstanceName")),
            "StopNotebookInstance" => region.Notebooks.Stop(input.Required("NotebookInstanceName")),
            "UpdateNotebookInstance" => region.Notebooks.Update(input),
            "DeleteNotebookInstance" => region.Notebooks.Delete(input.Required("NotebookInstanceName")),
            "CreatePresignedNotebookInstanceUrl" => region.Notebooks.Presign(input),
            "CreateNotebookInstanceLifecycleConfig" => region.CreateLifecycle(input, twin.Clock.GetUtcNow()),
            "DescribeNotebookInstanceLifecycleConfig" => (JsonObject)region.Lifecycle(input).DeepClone(),
            "UpdateNotebookInstanceLifecycleConfig" => region.UpdateLifecycle(input, twin.Clock.GetUtcNow()),
            "DeleteNotebookInstanceLifecycleConfig" => region.DeleteLifecycle(input),
            "ListNotebookInstanceLifecycleConfigs" => new JsonObject { ["NotebookInstanceLifecycleConfigs"] = new JsonArray([.. region.Lifecycles.Values.Select(one => one.DeepClone())]) },
            "CreateTrainingJob" => region.Tagged(input, region.Jobs.Create(input), "TrainingJobArn"),
            "DescribeTrainingJob" => region.Jobs.Describe(input.Required("TrainingJobName")),
            "ListTrainingJobs" => region.Jobs.List(input),
            "StopTrainingJob" => region.Jobs.Stop(input.Required("TrainingJobName")),
            "AddTags" => region.AddTags(input),
            "ListTags" => new JsonObject { ["Tags"] = region.Tags.GetValueOrDefault(input.Required("ResourceArn"))?.DeepClone() ?? new JsonArray() },
            "DeleteTags" => region.DeleteTags(input),
            _ => throw new AwsError("UnknownOperationException", $"The twin's SageMaker has no {request.Action}"),
        }));
    }

    public bool Owns(PathString path) => path.StartsWithSegments(NotebookPath, StringComparison.Ordinal);

    /// <summary>The page behind a presigned URL: a notebook that runs answers.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var notebook = context.Request.Path.Value!.Split('/') is [_, _, _, var region, var name] ? Of(region).Notebooks.Find(name) : null;
        var isOpen = notebook is { Status: "InService" } && context.Request.Query.ContainsKey("authToken");
        context.Response.StatusCode = isOpen ? 200 : 403;
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync(isOpen ? $"<!doctype html><title>JupyterLab</title><h1>{notebook!.Name}</h1>" : "<!doctype html><title>Forbidden</title>");
    }

    public (string Section, JsonNode Content)? Describe() => ("sagemaker", new JsonObject(regions.Select(region => KeyValuePair.Create(region.Key, (JsonNode?)new JsonObject
    {
        ["notebooks"] = new JsonObject(region.Value.Notebooks.All.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.Status))),
        ["trainingJobs"] = new JsonObject(region.Value.Jobs.All.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)$"{one.Status} ({one.SecondaryStatus})"))),
    }))));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(regions.Values.SelectMany(region => region.Jobs.Runs)).WaitAsync(TimeSpan.FromSeconds(3));
        }
        catch (Exception ended) when (ended is OperationCanceledException or TimeoutException or HttpRequestException)
        {
            // Jobs end with the twin.
        }
    }

    private Region Of(string name) => regions.GetOrAdd(name, region => new Region(twin, region));

    private sealed class Region(TwinContext twin, string name)
    {
        public Notebooks Notebooks { get; } = new(twin, name);

        public TrainingJobs Jobs { get; } = new(twin, name);

        public ConcurrentDictionary<string, JsonObject> Lifecycles { get; } = new();

        public ConcurrentDictionary<string, JsonArray> Tags { get; } = new();

        public JsonObject Tagged(JsonObject input, JsonObject reply, string arn)
        {
            Tags[reply.Required(arn)] = input[nameof(Tags)] as JsonArray is { } tags ? (JsonArray)tags.DeepClone() : [];
            return reply;
        }

        public JsonObject Lifecycle(JsonObject input) =>
            Lifecycles.GetValueOrDefault(input.Required("NotebookInstanceLifecycleConfigName")) ?? throw new AwsError("ValidationException", "Unable to describe Notebook Instance Lifecycle Config: it does not exist. RecordNotFound");

        public JsonObject CreateLifecycle(JsonObject input, DateTimeOffset now)
        {
            var config = input.Required("NotebookInstanceLifecycleConfigName");
            var record = (JsonObject)input.DeepClone();
            record["NotebookInstanceLifecycleConfigArn"] = $"arn:{TwinAccount.Partition}:sagemaker:{name}:{TwinAccount.Id}:notebook-instance-lifecycle-config/{config.ToLowerInvariant()}";
            record["CreationTime"] = JsonValue.Create(now);
            record["LastModifiedTime"] = JsonValue.Create(now);
            return Lifecycles.TryAdd(config, record)
                ? new JsonObject { ["NotebookInstanceLifecycleConfigArn"] = record.Text("NotebookInstanceLifecycleConfigArn") }
                : throw new AwsError("ValidationException", $"Unable to create Notebook Instance Lifecycle Config {config}. AlreadyExists");
        }

        public JsonObject UpdateLifecycle(JsonObject input, DateTimeOffset now)
        {
            var record = (JsonObject)Lifecycle(input).DeepClone();
            foreach (var field in new[] { "OnCreate", "OnStart" })
            {
                record[field] = input[field]?.DeepClone();
            }

            record["LastModifiedTime"] = JsonValue.Create(now);
            Lifecycles[input.Required("NotebookInstanceLifecycleConfigName")] = record;
            return [];
        }

        public JsonObject DeleteLifecycle(JsonObject input)
        {
            Lifecycle(input);
            var config = input.Required("NotebookInstanceLifecycleConfigName");
            if (Notebooks.All.FirstOrDefault(one => one.Settings.Text("LifecycleConfigName") == config) is { } user)
            {
                throw new AwsError("ValidationException", $"Unable to delete Notebook Instance Lifecycle Config {config}: it is used by {user.Arn}");
            }

            Lifecycles.TryRemove(config, out _);
            return [];
        }

        public JsonObject AddTags(JsonObject input)
        {
            var arn = input.Required("ResourceArn");
            var added = input.Objects("Tags").ToList();
            var kept = (Tags.GetValueOrDefault(arn) ?? []).OfType<JsonObject>().Where(tag => !added.Exists(other => other.Text("Key") == tag.Text("Key")));
            Tags[arn] = new JsonArray([.. kept.Concat(added).Select(tag => tag.DeepClone())]);
            return new JsonObject { [nameof(Tags)] = Tags[arn].DeepClone() };
        }

        public JsonObject DeleteTags(JsonObject input)
        {
            var (arn, gone) = (input.Required("ResourceArn"), input.Texts("TagKeys").ToHashSet());
            Tags[arn] = new JsonArray([.. (Tags.GetValueOrDefault(arn) ?? []).OfType<JsonObject>().Where(tag => !gone.Contains(tag.Text("Key") ?? "")).Select(tag => tag.DeepClone())]);
            return [];
        }
    }
}

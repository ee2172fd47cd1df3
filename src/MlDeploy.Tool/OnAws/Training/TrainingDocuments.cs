using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Tool.OnAws.Planning;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>`mldeploy/training/v1`: what `train up` made.</summary>
internal sealed record TrainingDocument(string Application, StackResult Stack, string Bucket, string Notebook, string Console, string? Schedule, TrainingDataEntry? Data);

/// <param name="Version">Of one object its version in the bucket; of several a digest over all of them.</param>
internal sealed record TrainingDataEntry(string Version, string Sha256, long Bytes, ImmutableArray<TrainingObjectEntry> Objects);

/// <param name="Skipped">It was there with the same content.</param>
internal sealed record TrainingObjectEntry(string Key, string Version, string Sha256, long Bytes, bool Skipped);

/// <summary>`mldeploy/training-upload/v1`</summary>
internal sealed record TrainingUploadDocument(string Application, string Bucket, TrainingDataEntry? Data, TrainingDataEntry? Code);

/// <summary>`mldeploy/training-status/v1`</summary>
internal sealed record TrainingStatusDocument(
    string Application, string Bucket, NotebookEntry Notebook, ScheduleEntry? Schedule, TrainingDataEntry? Data, ImmutableArray<TrainingJobEntry> Jobs);

internal sealed record NotebookEntry(string Name, string Status, string? InstanceType, string? Url, string? FailureReason);

internal sealed record ScheduleEntry(string Expression, string State);

/// <summary>`mldeploy/training-jobs/v1`</summary>
internal sealed record TrainingJobsDocument(string Application, ImmutableArray<TrainingJobEntry> Jobs);

internal sealed record TrainingJobEntry(string Name, string Status, DateTimeOffset? Created, DateTimeOffset? Ended);

/// <summary>`mldeploy/training-job/v1`: one job, when it is started or has ended.</summary>
/// <param name="Model">`s3://…` of the artefact.</param>
internal sealed record TrainingJobDocument(
    string Application,
    string Name,
    string Status,
    string? Model,
    string? Image,
    string? InstanceType,
    string? DataVersion,
    string? DataSha256,
    string? CodeSha256,
    string? Revision,
    double? BilledSeconds,
    ImmutableSortedDictionary<string, double>? Metrics);

/// <summary>`mldeploy/notebook/v1`</summary>
internal sealed record NotebookDocument(string Application, string Notebook, string Url);

/// <summary>`mldeploy/training-removed/v1`</summary>
internal sealed record TrainingRemovedDocument(string Application, ImmutableArray<string> Deleted, ImmutableArray<KeptThing> Kept);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnum<StackResult>)])]
[JsonSerializable(typeof(TrainingDocument))]
[JsonSerializable(typeof(TrainingUploadDocument))]
[JsonSerializable(typeof(TrainingStatusDocument))]
[JsonSerializable(typeof(TrainingJobsDocument))]
[JsonSerializable(typeof(TrainingJobDocument))]
[JsonSerializable(typeof(NotebookDocument))]
[JsonSerializable(typeof(TrainingRemovedDocument))]
internal sealed partial class TrainingDocuments : JsonSerializerContext;

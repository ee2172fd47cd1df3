using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.SageMaker;

public sealed record CreateTrainingJobRequest : IAwsRequest<CreateTrainingJobResponse>
{
    public required string TrainingJobName { get; init; }
    public ImmutableSortedDictionary<string, string> HyperParameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    public AlgorithmSpecification? AlgorithmSpecification { get; init; }
    public required string RoleArn { get; init; }
    public ImmutableArray<Channel> InputDataConfig { get; init; } = [];
    public required OutputDataConfig OutputDataConfig { get; init; }
    public ResourceConfig? ResourceConfig { get; init; }
    public VpcConfig? VpcConfig { get; init; }
    public StoppingCondition? StoppingCondition { get; init; }
    public ImmutableArray<Tag> Tags { get; init; } = [];
    public bool? EnableNetworkIsolation { get; init; }
    public bool? EnableInterContainerTrafficEncryption { get; init; }
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record CreateTrainingJobResponse
{
    public required string TrainingJobArn { get; init; }
}

public sealed record AlgorithmSpecification
{
    public string? TrainingImage { get; init; }
    public string? AlgorithmName { get; init; }
    public required string TrainingInputMode { get; init; }
    public ImmutableArray<MetricDefinition> MetricDefinitions { get; init; } = [];
    public ImmutableArray<string> ContainerEntrypoint { get; init; } = [];
    public ImmutableArray<string> ContainerArguments { get; init; } = [];
}

public sealed record Channel
{
    public required string ChannelName { get; init; }
    public required DataSource DataSource { get; init; }
    public string? ContentType { get; init; }
    public string? CompressionType { get; init; }
    public string? InputMode { get; init; }
}

public sealed record OutputDataConfig
{
    public string? KmsKeyId { get; init; }
    public required string S3OutputPath { get; init; }
    public string? CompressionType { get; init; }
}

public sealed record ResourceConfig
{
    public string? InstanceType { get; init; }
    public int? InstanceCount { get; init; }
    public int? VolumeSizeInGB { get; init; }
    public string? VolumeKmsKeyId { get; init; }
}

public sealed record VpcConfig
{
    public required ImmutableArray<string> SecurityGroupIds { get; init; }
    public required ImmutableArray<string> Subnets { get; init; }
}

public sealed record StoppingCondition
{
    public int? MaxRuntimeInSeconds { get; init; }
}

public sealed record Tag
{
    public required string Key { get; init; }
    public required string Value { get; init; }
}

public sealed record MetricDefinition
{
    public required string Name { get; init; }
    public required string Regex { get; init; }
}

public sealed record DataSource
{
    public S3DataSource? S3DataSource { get; init; }
}

public sealed record S3DataSource
{
    public required string S3DataType { get; init; }
    public required string S3Uri { get; init; }
    public string? S3DataDistributionType { get; init; }
}

public sealed record DescribeTrainingJobRequest : IAwsRequest<DescribeTrainingJobResponse>
{
    public required string TrainingJobName { get; init; }
}

public sealed record DescribeTrainingJobResponse
{
    public string? TrainingJobName { get; init; }
    public string? TrainingJobArn { get; init; }
    public ModelArtifacts? ModelArtifacts { get; init; }

    /// <summary>InProgress, Completed, Failed, Stopping or Stopped.</summary>
    public required string TrainingJobStatus { get; init; }

    public string? SecondaryStatus { get; init; }
    public string? FailureReason { get; init; }
    public ImmutableSortedDictionary<string, string> HyperParameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    public AlgorithmSpecification? AlgorithmSpecification { get; init; }
    public string? RoleArn { get; init; }
    public ImmutableArray<Channel> InputDataConfig { get; init; } = [];
    public OutputDataConfig? OutputDataConfig { get; init; }
    public ResourceConfig? ResourceConfig { get; init; }
    public StoppingCondition? StoppingCondition { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
    public DateTimeOffset? TrainingStartTime { get; init; }
    public DateTimeOffset? TrainingEndTime { get; init; }
    public DateTimeOffset? LastModifiedTime { get; init; }
    public ImmutableArray<SecondaryStatusTransition> SecondaryStatusTransitions { get; init; } = [];
    public ImmutableArray<MetricData> FinalMetricDataList { get; init; } = [];
    public int? TrainingTimeInSeconds { get; init; }
    public int? BillableTimeInSeconds { get; init; }
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record ModelArtifacts
{
    /// <summary>s3://BUCKET/KEY</summary>
    public string? S3ModelArtifacts { get; init; }
}

public sealed record SecondaryStatusTransition
{
    public required string Status { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public string? StatusMessage { get; init; }
}

public sealed record MetricData
{
    public string? MetricName { get; init; }
    public double? Value { get; init; }
    public DateTimeOffset? Timestamp { get; init; }
}

public sealed record StopTrainingJobRequest : IAwsRequest<EmptyResponse>
{
    public required string TrainingJobName { get; init; }
}

public sealed record ListTrainingJobsRequest : IAwsRequest<ListTrainingJobsResponse>
{
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
    public DateTimeOffset? CreationTimeAfter { get; init; }
    public DateTimeOffset? CreationTimeBefore { get; init; }
    public string? NameContains { get; init; }
    public string? StatusEquals { get; init; }
    public string? SortBy { get; init; }
    public string? SortOrder { get; init; }
}

public sealed record ListTrainingJobsResponse
{
    public ImmutableArray<TrainingJobSummary> TrainingJobSummaries { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record TrainingJobSummary
{
    public required string TrainingJobName { get; init; }
    public string? TrainingJobArn { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
    public DateTimeOffset? TrainingEndTime { get; init; }
    public DateTimeOffset? LastModifiedTime { get; init; }
    public required string TrainingJobStatus { get; init; }
    public string? SecondaryStatus { get; init; }
}

using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.SageMaker;

public sealed record DescribeNotebookInstanceRequest : IAwsRequest<DescribeNotebookInstanceResponse>
{
    public required string NotebookInstanceName { get; init; }
}

public sealed record DescribeNotebookInstanceResponse
{
    public string? NotebookInstanceArn { get; init; }
    public string? NotebookInstanceName { get; init; }

    /// <summary>Pending, InService, Stopping, Stopped, Failed, Deleting or Updating.</summary>
    public required string NotebookInstanceStatus { get; init; }

    public string? FailureReason { get; init; }
    public string? Url { get; init; }
    public string? InstanceType { get; init; }
    public string? SubnetId { get; init; }
    public ImmutableArray<string> SecurityGroups { get; init; } = [];
    public string? RoleArn { get; init; }
    public string? KmsKeyId { get; init; }
    public string? NetworkInterfaceId { get; init; }
    public DateTimeOffset? LastModifiedTime { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
    public string? DirectInternetAccess { get; init; }
    public int? VolumeSizeInGB { get; init; }
    public string? RootAccess { get; init; }
    public string? PlatformIdentifier { get; init; }
}

public sealed record StartNotebookInstanceRequest : IAwsRequest<EmptyResponse>
{
    public required string NotebookInstanceName { get; init; }
}

public sealed record StopNotebookInstanceRequest : IAwsRequest<EmptyResponse>
{
    public required string NotebookInstanceName { get; init; }
}

public sealed record CreatePresignedNotebookInstanceUrlRequest : IAwsRequest<CreatePresignedNotebookInstanceUrlResponse>
{
    public required string NotebookInstanceName { get; init; }
    public int? SessionExpirationDurationInSeconds { get; init; }
}

public sealed record CreatePresignedNotebookInstanceUrlResponse
{
    /// <summary>Lets whoever has it in: a secret for five minutes.</summary>
    public required string AuthorizedUrl { get; init; }
}

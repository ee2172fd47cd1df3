using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CloudFormation;

public sealed record DescribeStacksRequest : IAwsRequest<DescribeStacksResponse>
{
    /// <summary>Name or id; a deleted stack is found by its id only.</summary>
    public string? StackName { get; init; }

    public string? NextToken { get; init; }
}

public sealed record DescribeStacksResponse
{
    public ImmutableArray<Stack> Stacks { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record Stack
{
    public string? StackId { get; init; }
    public required string StackName { get; init; }
    public string? ChangeSetId { get; init; }
    public string? Description { get; init; }
    public ImmutableArray<Parameter> Parameters { get; init; } = [];
    public required DateTimeOffset CreationTime { get; init; }
    public DateTimeOffset? DeletionTime { get; init; }
    public DateTimeOffset? LastUpdatedTime { get; init; }
    public required string StackStatus { get; init; }
    public string? StackStatusReason { get; init; }
    public bool? DisableRollback { get; init; }
    public ImmutableArray<string> Capabilities { get; init; } = [];
    public ImmutableArray<Output> Outputs { get; init; } = [];
    public string? RoleARN { get; init; }
    public ImmutableArray<Tag> Tags { get; init; } = [];
    public bool? EnableTerminationProtection { get; init; }
}

public sealed record Parameter
{
    public string? ParameterKey { get; init; }
    public string? ParameterValue { get; init; }
    public bool? UsePreviousValue { get; init; }
    public string? ResolvedValue { get; init; }
}

public sealed record Output
{
    public string? OutputKey { get; init; }
    public string? OutputValue { get; init; }
    public string? Description { get; init; }
    public string? ExportName { get; init; }
}

public sealed record Tag
{
    public required string Key { get; init; }
    public required string Value { get; init; }
}

public sealed record DescribeStackEventsRequest : IAwsRequest<DescribeStackEventsResponse>
{
    public required string StackName { get; init; }
    public string? NextToken { get; init; }
}

public sealed record DescribeStackEventsResponse
{
    /// <summary>Newest first.</summary>
    public ImmutableArray<StackEvent> StackEvents { get; init; } = [];

    public string? NextToken { get; init; }
}

public sealed record StackEvent
{
    public required string StackId { get; init; }
    public required string EventId { get; init; }
    public required string StackName { get; init; }
    public string? OperationId { get; init; }
    public string? LogicalResourceId { get; init; }
    public string? PhysicalResourceId { get; init; }
    public string? ResourceType { get; init; }
    public required DateTimeOffset Timestamp { get; init; }
    public string? ResourceStatus { get; init; }
    public string? ResourceStatusReason { get; init; }
    public string? ResourceProperties { get; init; }
    public string? ClientRequestToken { get; init; }
    public string? DetailedStatus { get; init; }
}

public sealed record DescribeStackResourcesRequest : IAwsRequest<DescribeStackResourcesResponse>
{
    public string? StackName { get; init; }
    public string? LogicalResourceId { get; init; }
    public string? PhysicalResourceId { get; init; }
}

public sealed record DescribeStackResourcesResponse
{
    /// <summary>At most 100: <see cref="ListStackResourcesRequest"/> gives all.</summary>
    public ImmutableArray<StackResource> StackResources { get; init; } = [];
}

public sealed record StackResource
{
    public string? StackName { get; init; }
    public string? StackId { get; init; }
    public required string LogicalResourceId { get; init; }
    public string? PhysicalResourceId { get; init; }
    public required string ResourceType { get; init; }
    public required DateTimeOffset Timestamp { get; init; }
    public required string ResourceStatus { get; init; }
    public string? ResourceStatusReason { get; init; }
}

public sealed record ListStackResourcesRequest : IAwsRequest<ListStackResourcesResponse>
{
    public required string StackName { get; init; }
    public string? NextToken { get; init; }
}

public sealed record ListStackResourcesResponse
{
    public ImmutableArray<StackResourceSummary> StackResourceSummaries { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record StackResourceSummary
{
    public required string LogicalResourceId { get; init; }
    public string? PhysicalResourceId { get; init; }
    public required string ResourceType { get; init; }
    public required DateTimeOffset LastUpdatedTimestamp { get; init; }
    public required string ResourceStatus { get; init; }
    public string? ResourceStatusReason { get; init; }
}

public sealed record DeleteStackRequest : IAwsRequest<EmptyResponse>
{
    public required string StackName { get; init; }

    /// <summary>Logical ids; accepted only for a stack in DELETE_FAILED.</summary>
    public ImmutableArray<string> RetainResources { get; init; } = [];

    public string? RoleARN { get; init; }
    public string? ClientRequestToken { get; init; }
    public string? DeletionMode { get; init; }
}

public sealed record CancelUpdateStackRequest : IAwsRequest<EmptyResponse>
{
    public required string StackName { get; init; }
    public string? ClientRequestToken { get; init; }
}

public sealed record ContinueUpdateRollbackRequest : IAwsRequest<EmptyResponse>
{
    public required string StackName { get; init; }
    public string? RoleARN { get; init; }
    public ImmutableArray<string> ResourcesToSkip { get; init; } = [];
    public string? ClientRequestToken { get; init; }
}

public sealed record UpdateTerminationProtectionRequest : IAwsRequest<UpdateTerminationProtectionResponse>
{
    public required bool EnableTerminationProtection { get; init; }
    public required string StackName { get; init; }
}

public sealed record UpdateTerminationProtectionResponse
{
    public string? StackId { get; init; }
}

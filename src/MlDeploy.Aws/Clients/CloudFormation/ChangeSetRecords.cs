using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CloudFormation;

public sealed record CreateChangeSetRequest : IAwsRequest<CreateChangeSetResponse>
{
    public required string StackName { get; init; }
    public required string ChangeSetName { get; init; }

    /// <summary>CREATE, UPDATE or IMPORT.</summary>
    public string? ChangeSetType { get; init; }

    /// <summary>At most 51,200 bytes; longer ones by <see cref="TemplateURL"/>.</summary>
    public string? TemplateBody { get; init; }

    /// <summary>In S3; at most 1 MB.</summary>
    public string? TemplateURL { get; init; }

    public bool? UsePreviousTemplate { get; init; }
    public ImmutableArray<Parameter> Parameters { get; init; } = [];
    public ImmutableArray<string> Capabilities { get; init; } = [];
    public string? RoleARN { get; init; }
    public ImmutableArray<Tag> Tags { get; init; } = [];
    public string? ClientToken { get; init; }
    public string? Description { get; init; }

    /// <summary>DO_NOTHING, ROLLBACK or DELETE.</summary>
    public string? OnStackFailure { get; init; }

    public bool? ImportExistingResources { get; init; }
}

public sealed record CreateChangeSetResponse
{
    public string? Id { get; init; }
    public string? StackId { get; init; }
}

public sealed record DescribeChangeSetRequest : IAwsRequest<DescribeChangeSetResponse>
{
    public required string ChangeSetName { get; init; }
    public string? StackName { get; init; }
    public string? NextToken { get; init; }

    /// <summary>Tells the values before and after each change.</summary>
    public bool? IncludePropertyValues { get; init; }
}

public sealed record DescribeChangeSetResponse
{
    public string? ChangeSetName { get; init; }
    public string? ChangeSetId { get; init; }
    public string? StackId { get; init; }
    public string? StackName { get; init; }
    public string? Description { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
    public string? ExecutionStatus { get; init; }
    public string? Status { get; init; }
    public string? StatusReason { get; init; }
    public ImmutableArray<string> Capabilities { get; init; } = [];
    public ImmutableArray<Tag> Tags { get; init; } = [];
    public ImmutableArray<Change> Changes { get; init; } = [];
    public string? NextToken { get; init; }
    public string? OnStackFailure { get; init; }
}

public sealed record Change
{
    public string? Type { get; init; }
    public ResourceChange? ResourceChange { get; init; }
}

public sealed record ResourceChange
{
    public string? PolicyAction { get; init; }

    /// <summary>Add, Modify, Remove, Import, Dynamic.</summary>
    public string? Action { get; init; }

    public string? LogicalResourceId { get; init; }
    public string? PhysicalResourceId { get; init; }
    public string? ResourceType { get; init; }

    /// <summary>True, False or Conditional.</summary>
    public string? Replacement { get; init; }

    public ImmutableArray<string> Scope { get; init; } = [];
    public ImmutableArray<ResourceChangeDetail> Details { get; init; } = [];

    /// <summary>JSON of the resource before; only with property values asked for.</summary>
    public string? BeforeContext { get; init; }

    public string? AfterContext { get; init; }
}

public sealed record ResourceChangeDetail
{
    public ResourceTargetDefinition? Target { get; init; }

    /// <summary>Static or Dynamic.</summary>
    public string? Evaluation { get; init; }

    public string? ChangeSource { get; init; }
    public string? CausingEntity { get; init; }
}

public sealed record ResourceTargetDefinition
{
    public string? Attribute { get; init; }
    public string? Name { get; init; }

    /// <summary>Never, Conditionally or Always.</summary>
    public string? RequiresRecreation { get; init; }

    public string? Path { get; init; }
    public string? BeforeValue { get; init; }
    public string? AfterValue { get; init; }
    public string? AttributeChangeType { get; init; }
}

public sealed record ExecuteChangeSetRequest : IAwsRequest<EmptyResponse>
{
    public required string ChangeSetName { get; init; }
    public string? StackName { get; init; }
    public string? ClientRequestToken { get; init; }
    public bool? DisableRollback { get; init; }
    public bool? RetainExceptOnCreate { get; init; }
}

public sealed record DeleteChangeSetRequest : IAwsRequest<EmptyResponse>
{
    public required string ChangeSetName { get; init; }
    public string? StackName { get; init; }
}

public sealed record ListChangeSetsRequest : IAwsRequest<ListChangeSetsResponse>
{
    public required string StackName { get; init; }
    public string? NextToken { get; init; }
}

public sealed record ListChangeSetsResponse
{
    public ImmutableArray<ChangeSetSummary> Summaries { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record ChangeSetSummary
{
    public string? StackId { get; init; }
    public string? StackName { get; init; }
    public string? ChangeSetId { get; init; }
    public string? ChangeSetName { get; init; }
    public string? ExecutionStatus { get; init; }
    public string? Status { get; init; }
    public string? StatusReason { get; init; }
    public DateTimeOffset? CreationTime { get; init; }
    public string? Description { get; init; }
}

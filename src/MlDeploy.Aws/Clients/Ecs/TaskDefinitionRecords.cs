using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Clients.Ecs;

public sealed record DescribeTaskDefinitionRequest : IAwsRequest<DescribeTaskDefinitionResponse>
{
    public required string TaskDefinition { get; init; }
    public ImmutableArray<string> Include { get; init; } = [];
}

public sealed record DescribeTaskDefinitionResponse
{
    /// <summary>As the service has it, whole: what a manifest or its overrides say can stand anywhere in it.</summary>
    public required JsonObject TaskDefinition { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];
}

public sealed record ListTaskDefinitionsRequest : IAwsRequest<ListTaskDefinitionsResponse>
{
    public string? FamilyPrefix { get; init; }
    public string? Status { get; init; }
    public string? Sort { get; init; }
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record ListTaskDefinitionsResponse
{
    public ImmutableArray<string> TaskDefinitionArns { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record DeregisterTaskDefinitionRequest : IAwsRequest<EmptyResponse>
{
    public required string TaskDefinition { get; init; }
}

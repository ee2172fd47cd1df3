using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Ecs;

public sealed record DescribeClustersRequest : IAwsRequest<DescribeClustersResponse>
{
    public ImmutableArray<string> Clusters { get; init; } = [];
    public ImmutableArray<string> Include { get; init; } = [];
}

public sealed record DescribeClustersResponse
{
    public ImmutableArray<Cluster> Clusters { get; init; } = [];
    public ImmutableArray<Failure> Failures { get; init; } = [];
}

public sealed record Cluster
{
    public required string ClusterArn { get; init; }
    public required string ClusterName { get; init; }
    public string? Status { get; init; }
    public int? RegisteredContainerInstancesCount { get; init; }
    public int? RunningTasksCount { get; init; }
    public int? PendingTasksCount { get; init; }
    public int? ActiveServicesCount { get; init; }
    public ImmutableArray<ClusterSetting> Settings { get; init; } = [];
}

public sealed record ClusterSetting
{
    public string? Name { get; init; }
    public string? Value { get; init; }
}

using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Ecr;

public sealed record DescribeRepositoriesRequest : IAwsRequest<DescribeRepositoriesResponse>
{
    public ImmutableArray<string> RepositoryNames { get; init; } = [];
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeRepositoriesResponse
{
    public ImmutableArray<Repository> Repositories { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record Repository
{
    public required string RepositoryArn { get; init; }
    public required string RegistryId { get; init; }
    public required string RepositoryName { get; init; }

    /// <summary>ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME</summary>
    public required string RepositoryUri { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }
    public string? ImageTagMutability { get; init; }
}

public sealed record GetAuthorizationTokenRequest : IAwsRequest<GetAuthorizationTokenResponse>;

public sealed record GetAuthorizationTokenResponse
{
    public ImmutableArray<AuthorizationData> AuthorizationData { get; init; } = [];
}

public sealed record AuthorizationData
{
    /// <summary>Base 64 of user:password; a secret for twelve hours.</summary>
    public required string AuthorizationToken { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where docker would log in: https://ACCOUNT.dkr.ecr.REGION.amazonaws.com</summary>
    public required string ProxyEndpoint { get; init; }
}

public sealed record DeleteRepositoryRequest : IAwsRequest<EmptyResponse>
{
    public required string RepositoryName { get; init; }

    /// <summary>Also one that holds images.</summary>
    public bool? Force { get; init; }
}

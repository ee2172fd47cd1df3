using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Iam;

public sealed record SimulatePrincipalPolicyRequest : IAwsRequest<SimulatePrincipalPolicyResponse>
{
    /// <summary>Of a user, group or role; not of a session.</summary>
    public required string PolicySourceArn { get; init; }

    public required ImmutableArray<string> ActionNames { get; init; }
    public ImmutableArray<string> ResourceArns { get; init; } = [];
    public ImmutableArray<ContextEntry> ContextEntries { get; init; } = [];
    public int? MaxItems { get; init; }
    public string? Marker { get; init; }
}

public sealed record SimulatePrincipalPolicyResponse
{
    public ImmutableArray<EvaluationResult> EvaluationResults { get; init; } = [];
    public bool? IsTruncated { get; init; }
    public string? Marker { get; init; }
}

public sealed record ContextEntry
{
    public string? ContextKeyName { get; init; }
    public ImmutableArray<string> ContextKeyValues { get; init; } = [];
    public string? ContextKeyType { get; init; }
}

public sealed record EvaluationResult
{
    public required string EvalActionName { get; init; }
    public string? EvalResourceName { get; init; }

    /// <summary>allowed, explicitDeny or implicitDeny.</summary>
    public required string EvalDecision { get; init; }

    public ImmutableArray<string> MissingContextValues { get; init; } = [];
    public OrganizationsDecisionDetail? OrganizationsDecisionDetail { get; init; }
    public PermissionsBoundaryDecisionDetail? PermissionsBoundaryDecisionDetail { get; init; }
}

public sealed record OrganizationsDecisionDetail
{
    public bool? AllowedByOrganizations { get; init; }
}

public sealed record PermissionsBoundaryDecisionDetail
{
    public bool? AllowedByPermissionsBoundary { get; init; }
}

public sealed record GetRoleRequest : IAwsRequest<GetRoleResponse>
{
    public required string RoleName { get; init; }
}

public sealed record GetRoleResponse
{
    public required Role Role { get; init; }
}

public sealed record Role
{
    public string? Path { get; init; }
    public required string RoleName { get; init; }
    public string? RoleId { get; init; }
    public required string Arn { get; init; }
    public DateTimeOffset? CreateDate { get; init; }

    /// <summary>JSON, percent-encoded.</summary>
    public string? AssumeRolePolicyDocument { get; init; }

    public string? Description { get; init; }
    public int? MaxSessionDuration { get; init; }
}

public sealed record ListOpenIDConnectProvidersRequest : IAwsRequest<ListOpenIDConnectProvidersResponse>;

public sealed record ListOpenIDConnectProvidersResponse
{
    public ImmutableArray<OpenIDConnectProviderListEntry> OpenIDConnectProviderList { get; init; } = [];
}

public sealed record OpenIDConnectProviderListEntry
{
    public string? Arn { get; init; }
}

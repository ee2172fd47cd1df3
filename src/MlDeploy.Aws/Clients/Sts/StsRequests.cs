namespace MlDeploy.Aws.Clients.Sts;

public sealed record GetCallerIdentityRequest : IAwsRequest<GetCallerIdentityResponse>;

public sealed record GetCallerIdentityResponse
{
    public string? UserId { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string Account { get; init; }

    public required string Arn { get; init; }
}

public sealed record AssumeRoleRequest : IAwsRequest<AssumeRoleResponse>
{
    public required string RoleArn { get; init; }
    public required string RoleSessionName { get; init; }

    /// <summary>Seconds; the role's own default (an hour) without it.</summary>
    public int? DurationSeconds { get; init; }

    public string? ExternalId { get; init; }
}

public sealed record AssumeRoleResponse
{
    public required SessionCredentials Credentials { get; init; }
    public AssumedRoleUser? AssumedRoleUser { get; init; }
}

/// <summary>Prints no key.</summary>
public sealed record SessionCredentials
{
    public required string AccessKeyId { get; init; }
    public required string SecretAccessKey { get; init; }
    public required string SessionToken { get; init; }
    public required DateTimeOffset Expiration { get; init; }

    public override string ToString() => $"credentials until {Expiration:u}";
}

public sealed record AssumedRoleUser
{
    public required string AssumedRoleId { get; init; }
    public required string Arn { get; init; }
}

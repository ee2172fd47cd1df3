namespace MlDeploy.Aws.Clients;

/// <summary>
/// A call to AWS that failed, after what retries could do. Its message is the service's own, without secrets.
/// <see cref="Failures.AwsFailures"/> makes of it what a user reads.
/// </summary>
public sealed class AwsServiceException(AwsService service, string action, AwsFailureKind kind, string code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public AwsService Service { get; } = service;

    /// <summary>The operation, as in DescribeStacks.</summary>
    public string Action { get; } = action;

    public AwsFailureKind Kind { get; } = kind;

    /// <summary>The service's error code, as in ValidationError; ours where there was no answer.</summary>
    public string Code { get; } = code;

    /// <summary>Null where there was no answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>The HTTP status; 0 where there was no answer.</summary>
    public int StatusCode { get; init; }

    public string? Region { get; init; }

    /// <summary>Where the call went.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How long the service asked to be left alone.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}

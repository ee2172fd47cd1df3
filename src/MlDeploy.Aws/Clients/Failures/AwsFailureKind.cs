namespace MlDeploy.Aws.Clients;

/// <summary>What kind of failure a call ended with; see <see cref="Failures.FailureClassifier"/> for what counts as which.</summary>
public enum AwsFailureKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>Asked too often; nothing was done.</summary>
    Throttled,

    /// <summary>The service failed or the connection broke; it may have been done or not.</summary>
    Transient,

    /// <summary>No connection came about; nothing was done.</summary>
    Unreachable,

    /// <summary>The caller is known, and may not do this.</summary>
    AccessDenied,

    NotFound,
    AlreadyExists,

    /// <summary>The request is not acceptable as it is.</summary>
    Validation,

    /// <summary>A quota of the account is used up.</summary>
    LimitExceeded,

    ExpiredCredentials,

    /// <summary>The keys are unknown here, or the signature is wrong (a clock that is wrong makes it so).</summary>
    InvalidCredentials,

    /// <summary>No credentials were found, or getting them failed.</summary>
    NoCredentials,

    /// <summary>The answer is not one of this service: a page for browsers, or a reply that lacks what it must have.</summary>
    NotUnderstood,
}

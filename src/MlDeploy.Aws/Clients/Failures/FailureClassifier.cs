namespace MlDeploy.Aws.Clients.Failures;

/// <summary>
/// The kind of a failure from its code, message and HTTP status. Codes are those of the services' API models and of the
/// SDKs' retry rules (throttling and transient codes: botocore's `_retry.json` and standard mode).
/// </summary>
internal static class FailureClassifier
{
    private static readonly HashSet<string> Throttling = new(StringComparer.Ordinal)
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "PriorRequestNotComplete",
        "TransactionInProgressException", "SlowDown", "ProvisionedThroughputExceededException", "EC2ThrottledException",
    };

    private static readonly HashSet<string> Transient = new(StringComparer.Ordinal)
    {
        "InternalFailure", "InternalError", "InternalServerError", "InternalServiceError", "InternalServerException", "InternalServiceFault",
        "ServerException", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable", "RequestTimeout", "RequestTimeoutException",
    };

    private static readonly HashSet<string> Denied = new(StringComparer.Ordinal)
    {
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "AuthorizationErrorException", "NotAuthorized",
        "NotAuthorizedException", "Client.UnauthorizedOperation",
    };

    private static readonly HashSet<string> Expired = new(StringComparer.Ordinal) { "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired" };

    private static readonly HashSet<string> Invalid = new(StringComparer.Ordinal)
    {
        "InvalidClientTokenId", "UnrecognizedClientException", "UnrecognizedClient", "SignatureDoesNotMatch", "InvalidSignatureException",
        "InvalidSignature", "AuthFailure", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
        "IncompleteSignatureException", "InvalidAccessKeyId", "InvalidToken", "RequestTimeTooSkewed",
    };

    public static AwsFailureKind Of(string code, string message, int status) => code switch
    {
        _ when Throttling.Contains(code) || status == 429 => AwsFailureKind.Throttled,
        _ when Expired.Contains(code) => AwsFailureKind.ExpiredCredentials,
        _ when Invalid.Contains(code) => AwsFailureKind.InvalidCredentials,
        _ when Denied.Contains(code) => AwsFailureKind.AccessDenied,
        _ when Transient.Contains(code) => AwsFailureKind.Transient,
        _ when Has(code, "AlreadyExist") || Has(code, "InUse") && Has(code, "Name") => AwsFailureKind.AlreadyExists,
        _ when Has(code, "LimitExceeded") || Has(code, "QuotaExceeded") || code.StartsWith("TooMany", StringComparison.Ordinal) => AwsFailureKind.LimitExceeded,
        _ when Has(code, "NotFound") || Has(code, "DoesNotExist") || code.StartsWith("NoSuch", StringComparison.Ordinal) || code == "NonExistentQueue" => AwsFailureKind.NotFound,

        // CloudFormation and SageMaker call a missing thing a validation error.
        "ValidationError" or "ValidationException" when Has(message, "does not exist") || Has(message, "Could not find") || Has(message, "RecordNotFound") => AwsFailureKind.NotFound,
        _ when status is 500 or >= 502 and <= 504 => AwsFailureKind.Transient,
        _ when status == 401 => AwsFailureKind.InvalidCredentials,
        _ when status == 403 => AwsFailureKind.AccessDenied,
        _ when status == 404 => AwsFailureKind.NotFound,
        _ when status == 400 => AwsFailureKind.Validation,
        _ => AwsFailureKind.Other,
    };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);
}

using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Operations;

/// <summary>A service's error as CloudFormation's events word it.</summary>
internal static class HandlerReasons
{
    public static string Of(AwsError error, string type)
    {
        var token = Guid.NewGuid();
        var code = Code(error.Code);
        var message = error.Code is "NotStabilized" or "InvalidRequest" or "GeneralServiceException"
            ? error.Message
            : $"{error.Message} (Service: {type.Split("::")[1]}, Status Code: {error.Status}, Request ID: {Guid.NewGuid()})";
        return $"Resource handler returned message: \"{message}\" (RequestToken: {token}, HandlerErrorCode: {code})";
    }

    private static string Code(string code)
    {
        bool Has(string part) => code.Contains(part, StringComparison.OrdinalIgnoreCase);
        return code == "NotStabilized" ? code
            : Has("AccessDenied") || Has("Unauthorized") || Has("AuthorizationError") ? "AccessDenied"
            : Has("AlreadyExists") || Has("Duplicate") || Has("AlreadyOwned") ? "AlreadyExists"
            : Has("NotFound") || Has("NoSuch") ? "NotFound"
            : Has("Throttl") || Has("SlowDown") || Has("RequestLimit") ? "Throttling"
            : Has("LimitExceeded") ? "ServiceLimitExceeded"
            : Has("Invalid") || Has("Validation") || Has("Malformed") ? "InvalidRequest"
            : "GeneralServiceException";
    }
}

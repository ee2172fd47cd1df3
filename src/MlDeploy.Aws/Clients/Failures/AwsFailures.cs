using System.Net;
using Amazon.Runtime;
using MlDeploy.Aws.Clients.Opening;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Clients.Failures;

/// <summary>The one place where a failed call becomes what a user reads: exit 7, what was asked, and the way out.</summary>
public static class AwsFailures
{
    public static ExpectedException AsExpected(AwsServiceException failure) => failure.Kind switch
    {
        AwsFailureKind.AccessDenied => Denied(failure),
        AwsFailureKind.NoCredentials => SessionProblems.NoCredentials(failure.Message, failure),
        AwsFailureKind.ExpiredCredentials => Expect(
            failure, "the AWS credentials have expired", $"get new ones: {SessionProblems.HowToGetCredentials}"),
        AwsFailureKind.InvalidCredentials => Expect(failure, Unaccepted(failure), InvalidRemedy(failure)),
        AwsFailureKind.Unreachable => Expect(
            failure,
            $"{failure.Endpoint?.GetLeftPart(UriPartial.Authority)} cannot be reached: {Sentence(failure.Message)}",
            Overridden(failure)
                ? $"AWS_ENDPOINT_URL or {Endpoints.Variable(failure.Service)} sends calls there: start what listens there, or unset it"
                : $"check the region's name ({failure.Region}), the network, and HTTPS_PROXY where a proxy leads out"),
        AwsFailureKind.Throttled => Expect(
            failure, $"{Call(failure)} was throttled each time it was tried: {Sentence(failure.Message)}",
            "run it again later; if it stays so, something else in the account calls this service very often"),
        AwsFailureKind.Transient => Expect(
            failure, $"{Call(failure)} failed each time it was tried: {Told(failure)}", "run it again; https://health.aws.amazon.com tells of outages"),
        AwsFailureKind.LimitExceeded => Expect(
            failure, $"{Call(failure)}: a limit of the account is reached: {Told(failure)}", $"free what is unused, or ask for a higher quota (Service Quotas, {failure.Region})"),
        AwsFailureKind.NotUnderstood => Expect(
            failure, $"{Call(failure)}: {Told(failure)}",
            Overridden(failure) ? $"what listens at {failure.Endpoint} does not do this" : "a proxy may answer in the service's place; check HTTPS_PROXY"),
        _ => Expect(failure, $"{Call(failure)}: {Told(failure)}", "the message is the service's own; --verbose tells all calls with their request ids"),
    };

    /// <summary>The same for calls that the SDK's S3 client made.</summary>
    public static ExpectedException AsExpected(AmazonServiceException failure) => AsExpected(FromSdk(failure));

    /// <summary>For whoever catches all: a failed call of ours or of the SDK's S3 client, else null.</summary>
    public static ExpectedException? Explain(Exception failure) => failure switch
    {
        AwsServiceException ours => AsExpected(ours),
        AmazonServiceException theirs => AsExpected(theirs),
        AmazonClientException without => SessionProblems.NoCredentials(Redaction.Of(without.Message), without),
        _ => null,
    };

    /// <summary>The SDK's failure in our terms.</summary>
    public static AwsServiceException FromSdk(AmazonServiceException failure)
    {
        var code = string.IsNullOrEmpty(failure.ErrorCode) ? "NoAnswer" : failure.ErrorCode;
        var unanswered = (int)failure.StatusCode == 0;
        return new AwsServiceException(
            AwsServices.S3,
            "Request",
            unanswered ? AwsFailureKind.Transient : FailureClassifier.Of(code, failure.Message, (int)failure.StatusCode),
            code,
            Redaction.Of(failure.Message),
            failure)
        {
            StatusCode = (int)failure.StatusCode,
            RequestId = failure.RequestId,
        };
    }

    private static ExpectedException Denied(AwsServiceException failure)
    {
        var denial = Denial.Read(failure);
        var what = $"{denial.Who ?? "the caller"} may not perform {denial.Action}{(denial.Resource is null ? "" : $" on {denial.Resource}")}";
        return denial switch
        {
            { ByPolicy: { } policy } => Expect(
                failure, $"{what}: {policy} forbids it", $"{policy} must allow {denial.Action}, which those who keep it can change; another permission does not help"),
            { Action: "sts:AssumeRole" } => Expect(
                failure, what, $"let the role's trust policy name the caller, and add to the caller's policy: {denial.Statement}"),

            // What the message says beyond who, what and on what is of no help, except where it does not say that.
            _ => Expect(
                failure, denial.Who is null ? $"{what}: {Told(failure)}" : what, $"add to its policy: {denial.Statement} (`mldeploy doctor -t aws` prints the whole policy)"),
        };
    }

    private static string Unaccepted(AwsServiceException failure) => failure.Code switch
    {
        "SignatureDoesNotMatch" or "InvalidSignatureException" or "InvalidSignature" or "RequestTimeTooSkewed" => $"{Host(failure)} does not accept the signature: {Told(failure)}",
        _ => $"{Host(failure)} does not know the access key: {Told(failure)}",
    };

    private static string InvalidRemedy(AwsServiceException failure) => failure.Code switch
    {
        "RequestTimeTooSkewed" => "set this machine's clock",
        "SignatureDoesNotMatch" or "InvalidSignatureException" or "InvalidSignature" => "check that the secret key belongs to the key id, and this machine's clock",
        _ => $"the key may be deleted, or belong to another partition than {failure.Region}'s (aws, aws-cn and aws-us-gov share no keys); else {SessionProblems.HowToGetCredentials}",
    };

    private static ExpectedException Expect(AwsServiceException failure, string message, string remedy) =>
        new(ExitCode.TargetFailed, failure.RequestId is { } id ? $"{message} (request {id})" : message, remedy, failure);

    private static string Call(AwsServiceException failure) => $"{failure.Service}.{failure.Action}";

    private static string Told(AwsServiceException failure) => failure.Message.Length == 0 ? failure.Code : Sentence($"{failure.Code}: {failure.Message}");

    private static string Sentence(string text) => text.TrimEnd().TrimEnd('.');

    private static string Host(AwsServiceException failure) => failure.Endpoint?.Host ?? failure.Service.Name;

    private static bool Overridden(AwsServiceException failure) =>
        failure.Endpoint is { } endpoint && (endpoint.IsLoopback || IPAddress.TryParse(endpoint.Host, out _) || !endpoint.Host.Contains(".amazonaws.", StringComparison.Ordinal));
}

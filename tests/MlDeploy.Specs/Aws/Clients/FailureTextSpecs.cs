using System.Text;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.Aws.Clients;

public class FailureTextSpecs
{
    private const string Token = "IQoJb3JpZ2luX2VjEplantedToken//////////wEaCXVzLWVhc3QtMSJH";

    private static readonly (string Title, AwsServiceException Failure)[] Cases =
    [
        ("denied, whole", Of(AwsServices.CloudFormation, "CreateChangeSet", AwsFailureKind.AccessDenied, "AccessDenied",
            "User: arn:aws:sts::123456789012:assumed-role/ci/run is not authorized to perform: cloudformation:CreateChangeSet on resource: arn:aws:cloudformation:eu-central-1:123456789012:stack/mldeploy-fraud-application/* because no identity-based policy allows the cloudformation:CreateChangeSet action")),
        ("denied, passing a role", Of(AwsServices.Ecs, "RegisterTaskDefinition", AwsFailureKind.AccessDenied, "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/me is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/mldeploy-fraud-execution because no identity-based policy allows the iam:PassRole action")),
        ("denied, ec2", Of(AwsServices.Ec2, "DescribeVpcs", AwsFailureKind.AccessDenied, "UnauthorizedOperation",
            "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/me is not authorized to perform: ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action. Encoded authorization failure message: aBcD-123_xyz")),
        ("denied, nothing told", Of(AwsServices.CloudWatch, "PutDashboard", AwsFailureKind.AccessDenied, "AccessDenied", "")),
        ("denied by the organisation", Of(AwsServices.SageMaker, "CreateTrainingJob", AwsFailureKind.AccessDenied, "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/me is not authorized to perform: sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:eu-central-1:123456789012:training-job/a with an explicit deny in a service control policy")),
        ("denied, assuming the role", Of(AwsServices.Sts, "AssumeRole", AwsFailureKind.AccessDenied, "AccessDenied",
            "User: arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/deployer")),
        ("expired", Of(AwsServices.Sts, "GetCallerIdentity", AwsFailureKind.ExpiredCredentials, "ExpiredToken", "The security token included in the request is expired")),
        ("unknown key", Of(AwsServices.Sts, "GetCallerIdentity", AwsFailureKind.InvalidCredentials, "InvalidClientTokenId", "The security token included in the request is invalid.")),
        ("wrong signature", Of(AwsServices.Sts, "GetCallerIdentity", AwsFailureKind.InvalidCredentials, "SignatureDoesNotMatch",
            $"The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:{Token}\n'")),
        ("wrong clock", Of(AwsServices.Ecr, "DescribeImages", AwsFailureKind.InvalidCredentials, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")),
        ("no answer", Of(AwsServices.Logs, "FilterLogEvents", AwsFailureKind.Unreachable, "NameResolutionError", "Name or service not known (logs.eu-centrl-1.amazonaws.com:443)", status: 0)),
        ("throttled", Of(AwsServices.CloudFormation, "DescribeStackEvents", AwsFailureKind.Throttled, "Throttling", "Rate exceeded")),
        ("an outage", Of(AwsServices.Ecs, "DescribeServices", AwsFailureKind.Transient, "ServerException", "Service Unavailable. Please try again later.", status: 503)),
        ("a quota", Of(AwsServices.SageMaker, "CreateTrainingJob", AwsFailureKind.LimitExceeded, "ResourceLimitExceeded", "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances.")),
        ("a mistake", Of(AwsServices.CloudFormation, "CreateChangeSet", AwsFailureKind.Validation, "ValidationError", "Template format error: Unresolved resource dependencies [Vpc] in the Resources block of the template")),
    ];

    [Fact]
    public void Each_failure_says_what_was_asked_and_what_to_do()
    {
        var text = new StringBuilder();
        foreach (var (title, failure) in Cases)
        {
            var told = AwsFailures.AsExpected(failure);
            Assert.Equal(ExitCode.TargetFailed, told.ExitCode);
            text.Append($"# {title}\nerror: {told.Message}\n  → {told.Remedy}\n\n");
        }

        Assert.DoesNotContain(Token, text.ToString(), StringComparison.Ordinal);
        Golden.Match("tests/MlDeploy.Specs/Aws/Clients/failures.golden", text.ToString());
    }

    private static AwsServiceException Of(AwsService service, string action, AwsFailureKind kind, string code, string message, int status = 400) => new(service, action, kind, code, Redaction.Of(message))
    {
        StatusCode = status,
        RequestId = status == 0 ? null : "8f2e-41",
        Region = "eu-central-1",
        Endpoint = new Uri($"https://{service.EndpointPrefix}.eu-central-1.amazonaws.com"),
    };
}

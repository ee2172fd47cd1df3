using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Clients.Opening;

/// <summary>What can keep a session from being opened, each with its way out.</summary>
internal static class SessionProblems
{
    private const string GetCredentials =
        "in a pipeline let the runner assume a role by OpenID Connect (`mldeploy doctor -t aws` prints the trust policy); on a laptop run `aws sso login` or `aws configure`, and name the profile in AWS_PROFILE";

    public static ExpectedException NoRegion() => new(
        ExitCode.Usage, "no AWS region is set", "set targets.aws.region in the manifest, or AWS_REGION, or a region in the AWS profile");

    public static ExpectedException BadRegion(string region) => new(
        ExitCode.Usage, $"'{region}' is not the name of an AWS region", "name one as in eu-central-1: targets.aws.region in the manifest, or AWS_REGION");

    public static ExpectedException BadEndpoint(string variable) => new(
        ExitCode.Usage, $"{variable} is not an http or https URL without user name", "set it as in http://127.0.0.1:5000, or unset it");

    public static ExpectedException BadRole(string arn) => new(
        ExitCode.Usage, $"targets.aws.roleArn '{arn}' is not the ARN of an IAM role", "name it as in arn:aws:iam::123456789012:role/deployer");

    public static ExpectedException WrongPartition(string roleArn, string rolePartition, string region, string partition) => new(
        ExitCode.Usage,
        $"targets.aws.roleArn {roleArn} is in partition {rolePartition}, but region {region} is in partition {partition}",
        "use a role and a region of one partition");

    public static ExpectedException HalfAKey(string present, string missing) => new(
        ExitCode.TargetFailed, $"{present} is set but {missing} is not", $"set both, or neither; {GetCredentials}");

    public static ExpectedException NoProfile(string profile) => new(
        ExitCode.TargetFailed, $"AWS_PROFILE names the profile '{profile}', which has no credentials or does not exist",
        $"`aws configure list-profiles` shows those there are; `aws sso login --profile {profile}` renews one that expired");

    public static ExpectedException NoCredentials(string reason, Exception? inner = null) => new(
        ExitCode.TargetFailed, $"no AWS credentials were found: {reason}", GetCredentials, inner);

    /// <summary>The advice of every message about credentials.</summary>
    public static string HowToGetCredentials => GetCredentials;
}

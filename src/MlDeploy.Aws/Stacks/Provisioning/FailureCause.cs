using System.Text.RegularExpressions;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>Why a stack's operation failed: the first cause, not the cascade of what was cancelled because of it.</summary>
internal static partial class FailureCause
{
    /// <param name="events">Of one operation, oldest first.</param>
    /// <returns>Null when no event tells why.</returns>
    public static StackEvent? First(IEnumerable<StackEvent> events) => events.FirstOrDefault(entry =>
        entry.ResourceStatus?.EndsWith("_FAILED", StringComparison.Ordinal) == true
        && entry.PhysicalResourceId != entry.StackId
        && !string.IsNullOrEmpty(entry.ResourceStatusReason)
        && !entry.ResourceStatusReason.Contains("cancelled", StringComparison.OrdinalIgnoreCase));

    /// <param name="operation">`creating`, `updating`, `deleting`</param>
    /// <param name="aftermath">What is left, as a sentence.</param>
    /// <param name="remedy">What to do about anything but a missing permission; null: it depends on the cause.</param>
    public static ExpectedException Explain(string stack, string operation, StackEvent? cause, string? stackReason, string aftermath, string? remedy = null)
    {
        if (cause is null)
        {
            return new ExpectedException(ExitCode.TargetFailed, $"{operation} stack {stack} failed{(stackReason is null ? "" : $": {Clean(stackReason)}")}; {aftermath}", remedy ?? "the events above tell what CloudFormation did");
        }

        var reason = Clean(cause.ResourceStatusReason!);
        var message = $"{operation} stack {stack} failed at {cause.LogicalResourceId} ({cause.ResourceType}): {reason}; {aftermath}";
        return new ExpectedException(ExitCode.TargetFailed, message, IsDenied(reason) ? AwsFailures.AsExpected(AsDenial(cause, reason)).Remedy : remedy ?? Remedy(cause, reason));
    }

    private static string Remedy(StackEvent cause, string reason) => reason switch
    {
        _ when Has(reason, "already exists") || Has(reason, "AlreadyExists") =>
            $"something of that name is there and belongs to no stack of this application: delete it if it is a leftover, or give {cause.LogicalResourceId} another name with targets.aws.overrides",
        _ when Has(reason, "LimitExceeded") || Has(reason, "limit") || Has(reason, "quota") || Has(reason, "maximum number") =>
            "free what is unused, or ask for a higher quota (Service Quotas), then run `mldeploy provision` again",
        _ when Has(reason, "not stabilize") || Has(reason, "did not stabilize") || Has(reason, "timed out") =>
            "AWS took longer than CloudFormation waits; run `mldeploy provision` again",
        _ => "change what the message names, in the manifest or with targets.aws.overrides, and run `mldeploy provision` again",
    };

    private static bool IsDenied(string reason) =>
        Has(reason, "not authorized to perform") || Has(reason, "AccessDenied") || Has(reason, "UnauthorizedOperation") || Has(reason, "Access Denied");

    /// <summary>`API: ec2:CreateVpc You are not authorized to perform this operation` in the words of all the others.</summary>
    private static AwsServiceException AsDenial(StackEvent cause, string reason)
    {
        var call = Api().Match(reason);
        return new AwsServiceException(
            AwsServices.CloudFormation, "ExecuteChangeSet", AwsFailureKind.AccessDenied, "AccessDenied",
            call.Success ? $"not authorized to perform: {call.Groups["action"].Value} on resource: *, needed for {cause.LogicalResourceId}" : reason);
    }

    /// <summary>Without what only helps AWS's own support: request ids and tokens.</summary>
    private static string Clean(string reason) => Noise().Replace(reason, "").Trim().TrimEnd('.', ';', ',').Trim();

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\s*\((RequestToken|Service):[^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Noise();

    [GeneratedRegex(@"API: (?<action>[a-z0-9-]+:[A-Za-z0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Api();
}

using System.Text.RegularExpressions;

namespace MlDeploy.Aws.Clients.Failures;

/// <summary>
/// What a refusal tells: "User: arn:… is not authorized to perform: ecr:PutImage on resource: arn:… because no
/// identity-based policy allows the ecr:PutImage action". Services leave parts out; what is left out is null.
/// </summary>
/// <param name="Action">As in a policy: ecr:PutImage. The call's own where the message names none.</param>
/// <param name="ByPolicy">Why an added statement would not help: an explicit deny, an organisation's or a boundary's limit; null when it would.</param>
internal sealed partial record Denial(string? Who, string Action, string? Resource, string? ByPolicy)
{
    public static Denial Read(AwsServiceException failure)
    {
        var message = failure.Message;
        return new Denial(
            Group(User().Match(message)),
            Group(Perform().Match(message)) ?? failure.Service.PolicyAction(failure.Action),
            Group(On().Match(message))?.TrimEnd('.', ','),
            Limit(message));
    }

    /// <summary>The statement to paste into the policy of whoever called.</summary>
    public string Statement => $$"""{"Effect":"Allow","Action":"{{Action}}","Resource":"{{Resource ?? "*"}}"}""";

    private static string? Limit(string message) => message switch
    {
        _ when message.Contains("service control policy", StringComparison.Ordinal) => "a service control policy of the organisation",
        _ when message.Contains("resource control policy", StringComparison.Ordinal) => "a resource control policy of the organisation",
        _ when message.Contains("permissions boundary", StringComparison.Ordinal) => "the permissions boundary of the role",
        _ when message.Contains("session policy", StringComparison.Ordinal) => "the policy of the session",
        _ when message.Contains("explicit deny", StringComparison.Ordinal) => "an explicit deny",
        _ => null,
    };

    private static string? Group(Match match) => match.Success ? match.Groups["it"].Value : null;

    [GeneratedRegex(@"User: (?<it>arn:\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex User();

    [GeneratedRegex(@"perform:? (?<it>[a-z0-9-]+:[A-Za-z0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Perform();

    [GeneratedRegex(@"on resource: (?<it>arn:[^\s""]+|\*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex On();
}

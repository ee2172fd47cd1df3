using System.Text.RegularExpressions;

namespace MlDeploy.Aws.Clients.Failures;

/// <summary>Takes out of a service's message what must not be printed.</summary>
internal static partial class Redaction
{
    public static string Of(string message)
    {
        // With a wrong signature the service repeats the whole request, session token included.
        var told = message.IndexOf("The Canonical String", StringComparison.Ordinal) is >= 0 and var canonical ? message[..canonical].TrimEnd() : message;
        told = EncodedMessage().Replace(told, "");
        told = Token().Replace(told, "${name}…");
        return KeyId().Replace(told, "${kind}…").Trim();
    }

    // What an administrator could decode with sts:DecodeAuthorizationMessage: half a screen, and no help here.
    [GeneratedRegex(@"\s*Encoded authorization failure message: [\w+/=-]+\.?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EncodedMessage();

    [GeneratedRegex(@"(?<name>x-amz-security-token[:=]\s*|X-Amz-Security-Token=|X-Amz-Signature=|Signature=)[^\s&,'<]+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\b(?<kind>AKIA|ASIA)[A-Z0-9]{12,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyId();
}

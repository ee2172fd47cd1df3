using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>
/// Values that a plan must not show: templates of others, and overrides, hold passwords where a reference belongs. A value is hidden
/// when the name it stands under speaks of a secret and it is no reference, or when it looks like a credential wherever it stands.
/// </summary>
public static partial class HiddenValues
{
    public const string Hidden = "(hidden)";

    /// <summary>The member of `{Name: …, Value: …}` that <paramref name="name"/> names holds a secret.</summary>
    public static bool IsSecret(JsonObject owner, string name) =>
        SpeaksOfSecret(name) || (name is "Value" or "ParameterValue" or "Default" && Label(owner) is { } label && SpeaksOfSecret(label));

    /// <summary>The value as it may be shown.</summary>
    public static JsonNode? Shown(JsonNode? value, bool secret) => value switch
    {
        null => null,
        JsonObject function when CanonicalTemplate.IsFunction(function) && function.First().Key is not ("Fn::Sub" or "Fn::Join") => function.DeepClone(),
        JsonObject function when CanonicalTemplate.IsFunction(function) => secret || LooksLikeCredential(function.ToJsonString()) ? Hidden : function.DeepClone(),
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Shown(member.Value, IsSecret(members, member.Key))))),
        JsonArray items => new JsonArray([.. items.Select(item => Shown(item, secret))]),
        JsonValue scalar => Scalar(scalar, secret),
        _ => value.DeepClone(),
    };

    private static JsonNode Scalar(JsonValue scalar, bool secret) => scalar.GetValueKind() switch
    {
        JsonValueKind.String when scalar.GetValue<string>() is var text => (secret && !IsReference(text)) || LooksLikeCredential(text) ? Hidden : scalar.DeepClone(),
        JsonValueKind.Number when secret => Hidden,
        _ => scalar.DeepClone(),
    };

    private static string? Label(JsonObject owner) => (owner["Name"] ?? owner["Key"] ?? owner["ParameterKey"]) as JsonValue is { } label ? label.ToString() : null;

    private static bool SpeaksOfSecret(string name) => SecretName().IsMatch(name) && !ReferenceName().IsMatch(name);

    private static bool IsReference(string text) =>
        text.Length == 0 || text.StartsWith("arn:", StringComparison.Ordinal) || text.StartsWith("{{resolve:", StringComparison.Ordinal);

    private static bool LooksLikeCredential(string text) => Credential().IsMatch(text);

    [GeneratedRegex("password|passwd|passphrase|pwd$|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|connection[_-]?string|webhook", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretName();

    /// <summary>`SecretArn`, `TokenType`: about a secret, not one.</summary>
    [GeneratedRegex("(arn|arns|id|name|type|length|expir[a-z]*|validity|from)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReferenceName();

    /// <summary>A password in an address, an access key, a private key, a Slack webhook, a GitHub token.</summary>
    [GeneratedRegex(@"://[^/\s:@]*:[^/\s@]+@|\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|https://hooks\.slack\.com/|\bgh[pousr]_[0-9A-Za-z]{30}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Credential();
}

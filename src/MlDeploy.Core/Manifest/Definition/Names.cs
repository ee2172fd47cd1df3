using System.Globalization;
using System.Net;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>Checks of names and addresses: each says what is wrong with a text, or null.</summary>
internal static class Names
{
    public const int LongestApplication = 24;

    public static string? ApplicationLabel(string text) =>
        text.Length == 0 ? "is empty"
        : text.Length > LongestApplication ? $"has {text.Length} characters"
        : text.Any(char.IsAsciiLetterUpper) ? "has upper-case letters"
        : !char.IsAsciiLetterLower(text[0]) ? "does not begin with a letter"
        : text[^1] == '-' ? "ends with a hyphen"
        : !text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? "has characters other than letters, digits and hyphens"
        : null;

    /// <summary>What names a version, a gate or a test in output and file names.</summary>
    public static string? Label(string text) =>
        text.Length == 0 ? "is empty"
        : text.Length > 64 ? $"has {text.Length} characters"
        : !char.IsAsciiLetterOrDigit(text[0]) ? "does not begin with a letter or a digit"
        : !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+') ? "has characters other than letters, digits and - _ . +"
        : null;

    public static string? NotEmpty(string text) => string.IsNullOrWhiteSpace(text) ? "is empty" : null;

    public static bool IsVariable(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public static string? Variable(string text) => IsVariable(text) ? null : "is not a variable name";

    /// <summary>RFC 9110 token, which header and cookie names are.</summary>
    public static string? Token(string text) =>
        text.Length == 0 ? "is empty"
        : !text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) ? "has characters that HTTP does not allow in a name"
        : null;

    public static string? UrlPath(string text) =>
        !text.StartsWith('/') ? "does not begin with /"
        : text.Any(c => c <= ' ' || c > '~') ? "has spaces or characters that must be percent-encoded"
        : null;

    public static string? HttpUrl(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0 ? "is not an http or https URL"
        : url.UserInfo.Length > 0 ? "holds a user name or password"
        : null;

    /// <summary>An IP address and a port, as a socket wants them.</summary>
    public static string? Listen(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return "has no port";
        }

        var host = text[..colon];
        return port is < 1 or > 65535 ? "has a port outside 1 to 65535"
            : host.Contains(':', StringComparison.Ordinal) && !(host.StartsWith('[') && host.EndsWith(']')) ? "is an IPv6 address without brackets"
            : !IPAddress.TryParse(host, out var address) || (host[0] != '[' && host.Count(c => c == '.') != 3) ? "has no IP address before the port"
            : address is null ? "has no IP address before the port"
            : null;
    }

    public static string? Cidr(string text) => IPNetwork.TryParse(text, out _) ? null : "is not an address range";

    public static string? Email(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at <= 0 || at != text.LastIndexOf('@') || !text.AsSpan(at).Contains('.') || text.Any(char.IsWhiteSpace) || text.EndsWith('.') ? "is not an e-mail address" : null;
    }

    /// <summary>The part of JSONPath (RFC 9535) that names exactly one place: `$`, `.name`, `[0]`, `['name']`.</summary>
    public static string? JsonPath(string text)
    {
        if (!text.StartsWith('$'))
        {
            return "does not begin with $";
        }

        var at = 1;
        while (at < text.Length)
        {
            if (!JsonPathSegment(text, ref at))
            {
                return $"has something that names no single place at character {at + 1}";
            }
        }

        return null;
    }

    private static bool JsonPathSegment(string text, ref int at)
    {
        if (text[at] == '.')
        {
            var end = at + 1;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '-'))
            {
                end++;
            }

            var named = end > at + 1;
            at = named ? end : at;
            return named;
        }

        var close = text.IndexOf(']', at);
        if (text[at] != '[' || close < 0)
        {
            return false;
        }

        var inner = text.AsSpan(at + 1, close - at - 1);
        var valid = inner.Length > 2 && inner[0] is '\'' or '"' && inner[^1] == inner[0]
            || inner.Length is > 0 and <= 6 && inner.IndexOfAnyExceptInRange('0', '9') < 0;
        at = valid ? close + 1 : at;
        return valid;
    }
}

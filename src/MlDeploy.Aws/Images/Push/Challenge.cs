using System.Net.Http.Headers;

namespace MlDeploy.Aws.Images.Push;

/// <summary>How a registry wants to be asked: RFC 6750 and the distribution project's token specification.</summary>
/// <param name="Realm">Where a token is had; null for Basic.</param>
internal sealed record Challenge(bool Bearer, Uri? Realm, string? Service, string? Scope)
{
    /// <returns>Null when it asks for something that is not Basic or Bearer.</returns>
    public static Challenge? Of(HttpHeaderValueCollection<AuthenticationHeaderValue> headers)
    {
        foreach (var header in headers)
        {
            if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                var given = Parameters(header.Parameter ?? "");
                return Uri.TryCreate(given.GetValueOrDefault("realm"), UriKind.Absolute, out var realm)
                    ? new Challenge(true, realm, given.GetValueOrDefault("service"), given.GetValueOrDefault("scope"))
                    : null;
            }

            if (header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            {
                return new Challenge(false, null, null, null);
            }
        }

        return null;
    }

    /// <summary>`a="b, c",d=e`: a comma within quotes separates nothing.</summary>
    private static Dictionary<string, string> Parameters(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length && text.IndexOf('=', at) is var equals and >= 0)
        {
            var name = text[at..equals].Trim(' ', ',');
            var quoted = equals + 1 < text.Length && text[equals + 1] == '"';
            var begin = equals + (quoted ? 2 : 1);
            var end = text.IndexOf(quoted ? '"' : ',', begin);
            end = end < 0 ? text.Length : end;
            found[name] = text[begin..end];
            at = end + 1;
        }

        return found;
    }
}

using System.Net;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>Whether a request meets a rule: all conditions, of each any value. Wildcards `*` and `?` as in the ELBv2 documentation.</summary>
internal static class RuleMatching
{
    public static RuleAction Choose(Listener listener, HttpRequest request) =>
        listener.Rules.First(rule => rule.Conditions.All(condition => Meets(condition, request))).Action;

    private static bool Meets(RuleCondition condition, HttpRequest request) => condition.Field switch
    {
        // Paths are compared with their case, hosts and headers without it.
        "path-pattern" => condition.Values.Any(pattern => Like(request.Path.Value ?? "/", pattern, ignoreCase: false)),
        "host-header" => condition.Values.Any(pattern => Like(request.Host.Host, pattern, ignoreCase: true)),
        "http-header" => request.Headers[condition.Name ?? ""].Any(value => condition.Values.Any(pattern => Like(value ?? "", pattern, ignoreCase: true))),
        "http-request-method" => condition.Values.Contains(request.Method, StringComparer.Ordinal),
        "query-string" => condition.Values.Any(pair => HasQuery(request, pair)),
        "source-ip" => condition.Values.Any(cidr => IPNetwork.TryParse(cidr, out var network)
            && request.HttpContext.Connection.RemoteIpAddress is { } source && network.Contains(source.MapToIPv4())),
        _ => false,
    };

    private static bool HasQuery(HttpRequest request, string pair)
    {
        var cut = pair.IndexOf('=', StringComparison.Ordinal);
        var (key, wanted) = cut < 0 ? ("*", pair) : (pair[..cut], pair[(cut + 1)..]);
        return request.Query.Any(given =>
            Like(given.Key, key, ignoreCase: true) && given.Value.Any(value => Like(value ?? "", wanted, ignoreCase: true)));
    }

    internal static bool Like(string text, string pattern, bool ignoreCase)
    {
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        // Classic two-pointer match with one point to return to: the last star.
        int t = 0, p = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || text.AsSpan(t, 1).Equals(pattern.AsSpan(p, 1), comparison)))
            {
                t++;
                p++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}

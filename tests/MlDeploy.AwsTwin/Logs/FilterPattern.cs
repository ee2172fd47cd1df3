using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.AwsTwin.Logs;

/// <summary>
/// CloudWatch Logs' filter patterns: words and "phrases" that must all be there, `?word` for any of several, `-word` for none of
/// them; or `{ $.a.b = "x*" &amp;&amp; $.n > 3 }` over lines that are JSON. What else there is, is refused.
/// </summary>
internal static partial class FilterPattern
{
    /// <exception cref="AwsError">The pattern is not understood.</exception>
    public static Func<string, bool> Parse(string? pattern)
    {
        pattern = pattern?.Trim() ?? "";
        if (pattern.Length == 0)
            return _ => true;
        if (pattern[0] == '{' && pattern[^1] == '}')
            return Json(pattern[1..^1]);
        if (pattern[0] is '[' or '%')
            throw new AwsError("InvalidParameterException", $"The twin has no space-delimited or regular expression patterns: {pattern}");
        var terms = Term().Matches(pattern).Select(match => (Sign: match.Groups["sign"].Value, Text: match.Groups["phrase"].Success ? match.Groups["phrase"].Value : match.Groups["word"].Value)).ToList();
        var any = terms.Where(term => term.Sign == "?").ToList();
        return line => terms.TrueForAll(term => term.Sign switch
            {
                "-" => !line.Contains(term.Text, StringComparison.Ordinal),
                "?" => true,
                _ => line.Contains(term.Text, StringComparison.Ordinal),
            })
            && (any.Count == 0 || any.Exists(term => line.Contains(term.Text, StringComparison.Ordinal)));
    }

    private static Func<string, bool> Json(string conditions)
    {
        // && binds tighter than ||, as there; parentheses are not the twin's.
        var alternatives = conditions.Split("||").Select(all => all.Split("&&").Select(Condition).ToList()).ToList();
        return line =>
        {
            try
            {
                return JsonNode.Parse(line) is JsonObject node && alternatives.Exists(all => all.TrueForAll(meets => meets(node)));
            }
            catch (JsonException)
            {
                return false;
            }
        };
    }

    private static Func<JsonObject, bool> Condition(string text)
    {
        var match = Comparison().Match(text);
        if (!match.Success)
            throw new AwsError("InvalidParameterException", $"Invalid filter pattern: the twin does not understand '{text.Trim()}'");
        var path = match.Groups["path"].Value.Split('.', StringSplitOptions.RemoveEmptyEntries);
        var (relation, wanted) = (match.Groups["relation"].Value, match.Groups["value"].Value.Trim().Trim('"'));
        return node =>
        {
            JsonNode? found = node;
            foreach (var part in path)
                found = (found as JsonObject)?[part];
            if (relation == "EXISTS")
                return found is not null;
            if (found is not JsonValue value)
                return false;
            var shown = InputReading.Plain(value);
            if (relation is "=" or "!=")
                return (RuleMatching.Like(shown, wanted, ignoreCase: false) || SameNumber(shown, wanted)) == (relation == "=");
            return double.TryParse(shown, CultureInfo.InvariantCulture, out var a) && double.TryParse(wanted, CultureInfo.InvariantCulture, out var b) && relation switch
            {
                ">" => a > b,
                "<" => a < b,
                ">=" => a >= b,
                _ => a <= b,
            };
        };
    }

    private static bool SameNumber(string a, string b) =>
        double.TryParse(a, CultureInfo.InvariantCulture, out var x) && double.TryParse(b, CultureInfo.InvariantCulture, out var y) && x == y;

    [GeneratedRegex("""(?<sign>[?-]?)(?:"(?<phrase>[^"]*)"|(?<word>[^\s"]+))""")]
    private static partial Regex Term();

    [GeneratedRegex("""^\s*\$\.(?<path>[\w.-]+)\s*(?:(?<relation>!=|>=|<=|=|>|<)\s*(?<value>"[^"]*"|[^\s]+)|(?<relation>EXISTS))\s*$""")]
    private static partial Regex Comparison();
}

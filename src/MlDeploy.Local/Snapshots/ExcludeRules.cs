using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Snapshots;

/// <summary>
/// What a snapshot leaves out, in the language of <c>.gitignore</c>: a pattern without a slash matches a name at any depth,
/// one with a slash is anchored at the working directory, <c>**</c> spans folders, a trailing slash means folders only,
/// <c>!</c> takes back what an earlier pattern left out, and the last pattern that matches decides.
/// As in git, what lies in an excluded folder cannot be taken back.
/// </summary>
public sealed class ExcludeRules
{
    private readonly ImmutableArray<Rule> rules;

    private ExcludeRules(ImmutableArray<Rule> rules) => this.rules = rules;

    /// <exception cref="ExpectedException">A pattern that cannot match anything or is malformed.</exception>
    public static ExcludeRules Compile(IEnumerable<string> patterns) =>
        new([.. patterns.Select(Rule.Parse)]);

    /// <param name="path">Relative to the working directory, with forward slashes.</param>
    public bool Excludes(string path, bool isDirectory)
    {
        for (var i = rules.Length - 1; i >= 0; i--)
        {
            if (rules[i].Matches(path, isDirectory))
                return !rules[i].TakesBack;
        }

        return false;
    }

    private sealed record Rule(Regex Expression, bool TakesBack, bool DirectoriesOnly)
    {
        public bool Matches(string path, bool isDirectory) => (isDirectory || !DirectoriesOnly) && Expression.IsMatch(path);

        public static Rule Parse(string pattern)
        {
            var body = pattern.AsSpan().Trim();
            var takesBack = body.StartsWith("!");
            if (takesBack)
                body = body[1..];
            var anchored = body.StartsWith("/") || body.StartsWith("./");
            if (anchored)
                body = body[(body.IndexOf('/') + 1)..];
            var directoriesOnly = body.EndsWith("/");
            body = body.TrimEnd('/');

            var segments = body.ToString().Split('/');
            if (segments.Any(segment => segment is "" or "." or ".."))
                throw Malformed(pattern, "patterns are relative to the working directory and have no empty, `.` or `..` part");

            var expression = Translate(pattern, segments, anchored || segments.Length > 1);
            return new Rule(new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), takesBack, directoriesOnly);
        }

        private static string Translate(string pattern, string[] segments, bool anchored)
        {
            var expression = new StringBuilder(anchored ? @"\A" : @"\A(?s:.*/)?");
            for (var i = 0; i < segments.Length; i++)
            {
                var last = i == segments.Length - 1;
                if (segments[i] == "**")
                {
                    expression.Append(last ? "(?s:.+)" : "(?s:.*/)?");
                    continue;
                }

                AppendSegment(expression, pattern, segments[i]);
                if (!last)
                    expression.Append('/');
            }

            return expression.Append(@"\z").ToString();
        }

        private static void AppendSegment(StringBuilder expression, string pattern, string segment)
        {
            for (var i = 0; i < segment.Length; i++)
            {
                switch (segment[i])
                {
                    case '*':
                        expression.Append("[^/]*");
                        break;
                    case '?':
                        expression.Append("[^/]");
                        break;
                    case '[':
                        i = AppendClass(expression, pattern, segment, i);
                        break;
                    case '\\' when i + 1 < segment.Length:
                        expression.Append(Regex.Escape(segment[++i].ToString()));
                        break;
                    default:
                        expression.Append(Regex.Escape(segment[i].ToString()));
                        break;
                }
            }
        }

        private static int AppendClass(StringBuilder expression, string pattern, string segment, int open)
        {
            var start = open + 1;
            var negated = start < segment.Length && segment[start] is '!' or '^';
            if (negated)
                start++;
            var close = start < segment.Length ? segment.IndexOf(']', start + 1) : -1;
            if (close < 0)
                throw Malformed(pattern, "`[` has no closing `]`; write `\\[` for the character itself");

            expression.Append(negated ? "[^/" : "[");
            for (var i = start; i < close; i++)
            {
                if (segment[i] == '-' && i > start && i < close - 1)
                {
                    if (segment[i - 1] > segment[i + 1])
                        throw Malformed(pattern, $"the range `{segment[i - 1]}-{segment[i + 1]}` runs backwards");
                    expression.Append('-');
                }
                else
                {
                    expression.Append(segment[i] is '\\' or ']' or '[' or '^' or '-' ? $"\\{segment[i]}" : segment[i]);
                }
            }

            expression.Append(']');
            return close;
        }

        private static ExpectedException Malformed(string pattern, string reason) => new(
            ExitCode.Usage,
            $"application.exclude: the pattern `{pattern}` cannot be used: {reason}.",
            "Write patterns as in .gitignore, for example `*.log`, `.git`, `data/**` or `**/cache/`.");
    }
}

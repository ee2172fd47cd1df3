using MlDeploy.Core.Errors;

namespace MlDeploy.Core.Model.Engines;

/// <summary>
/// A user's condition, to be set into a statement in parentheses. It is the user's own SQL and may ask whatever the user may; what is checked is that it
/// cannot end those parentheses, or the statement, so that a value which a pipeline has put into it cannot either. (The session is read-only beside that.)
/// </summary>
public static class WhereClause
{
    private const int MostLetters = 10_000;

    /// <exception cref="ExpectedException">It is more or less than one condition.</exception>
    public static void Check(string condition)
    {
        if (string.IsNullOrWhiteSpace(condition))
        {
            throw Wrong("is empty");
        }

        if (condition.Length > MostLetters || condition.Contains('\0', StringComparison.Ordinal))
        {
            throw Wrong($"is longer than {MostLetters:N0} letters, or holds a letter 0");
        }

        var open = 0;
        for (var at = 0; at < condition.Length; at++)
        {
            switch (condition[at])
            {
                case '\'' or '"' or '`':
                    at = Closed(condition, at);
                    break;
                case '(':
                    open++;
                    break;
                case ')' when --open < 0:
                    throw Wrong($"closes a parenthesis that it has not opened, at letter {at + 1}");
                case ';':
                    throw Wrong($"has a semicolon at letter {at + 1}; it is one condition, not statements");
                case '$' when at + 1 < condition.Length && condition[at + 1] == '$':
                    throw Wrong("has $$; write text in single quotes");
                case '-' when Follows(condition, at, '-'):
                case '/' when Follows(condition, at, '*'):
                    throw Wrong($"has a comment at letter {at + 1}");
            }
        }

        if (open > 0)
        {
            throw Wrong("leaves a parenthesis open");
        }
    }

    private static bool Follows(string condition, int at, char next) => at + 1 < condition.Length && condition[at + 1] == next;

    /// <summary>At the quote that closes. A backslash before a quote means one thing to one engine and another to the next.</summary>
    private static int Closed(string condition, int from)
    {
        for (var at = from + 1; at < condition.Length; at++)
        {
            if (condition[at] == condition[from])
            {
                return condition[at - 1] == '\\' ? throw Wrong($"has a backslash before a quote at letter {at}; double the quote instead") : at;
            }
        }

        throw Wrong($"leaves the quote open that begins at letter {from + 1}");
    }

    private static ExpectedException Wrong(string what) =>
        new(ExitCode.Usage, $"--where {what}", "write one condition in the engine's SQL: --where \"country = 'DE' and version = '1.4'\"");
}

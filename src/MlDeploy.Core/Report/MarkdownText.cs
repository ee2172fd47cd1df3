using System.Text;

namespace MlDeploy.Core.Report;

/// <summary>Text that others wrote (messages, log lines, names from an environment) as Markdown that shows it and does nothing else.</summary>
internal static class MarkdownText
{
    private const string Special = "\\`*[]<>|~#&";

    /// <summary>One line that is safe in a table's cell, a list and a paragraph.</summary>
    public static string Inline(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        var escaped = new StringBuilder(line.Length);
        for (var at = 0; at < line.Length; at++)
        {
            if (Special.Contains(line[at], StringComparison.Ordinal) || line[at] == '_' && !IsInsideWord(line, at))
            {
                escaped.Append('\\');
            }

            escaped.Append(char.IsControl(line[at]) ? ' ' : line[at]);
        }

        return escaped.ToString();
    }

    /// <summary>A name as code; as text when code could not hold it.</summary>
    public static string Code(string name) => name.Length == 0 || name.Any(character => character is '`' or '|' || char.IsControl(character)) ? Inline(name) : $"`{name}`";

    /// <summary>A link where the text is a web address, else text.</summary>
    public static string Link(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && !url.Any(character => character is '<' or '>' or '|' || char.IsControl(character) || char.IsWhiteSpace(character))
            ? $"<{url}>"
            : Inline(url);

    /// <summary>Lines as they are, in a block that none of them can end.</summary>
    public static string Block(string text)
    {
        var fence = "```";
        while (text.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        var clean = string.Concat(text.ReplaceLineEndings("\n").Select(character => character != '\n' && char.IsControl(character) ? ' ' : character));
        return $"{fence}text\n{clean}\n{fence}\n";
    }

    /// <summary>`time_to_order` needs no escape, and reads better without.</summary>
    private static bool IsInsideWord(string line, int at) =>
        at > 0 && at + 1 < line.Length && char.IsLetterOrDigit(line[at - 1]) && char.IsLetterOrDigit(line[at + 1]);
}

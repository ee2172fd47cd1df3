using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace MlDeploy.AwsTwin.Processes;

/// <summary>
/// Which command stands for which container image: `PATTERN=COMMAND`, the first pattern that matches wins. `*` and `?` are
/// wildcards; a pattern without them matches the whole image reference, or its repository without tag and digest. The command is
/// split as a shell would, with quotes.
/// </summary>
public sealed class ImageCommands(IEnumerable<string> mappings)
{
    private readonly ImmutableArray<(Regex Pattern, ImmutableArray<string> Command)> known = [.. mappings.Select(Parse)];

    public ImmutableArray<string>? Find(string image)
    {
        var repository = Regex.Replace(image, "(@sha256:[0-9a-f]+|:[^:/@]+)+$", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        foreach (var (pattern, command) in known)
        {
            if (pattern.IsMatch(image) || pattern.IsMatch(repository))
                return command;
        }

        return null;
    }

    /// <exception cref="FormatException">The mapping is not PATTERN=COMMAND.</exception>
    private static (Regex, ImmutableArray<string>) Parse(string mapping)
    {
        var cut = mapping.IndexOf('=', StringComparison.Ordinal);
        if (cut <= 0 || Split(mapping[(cut + 1)..]) is not { Length: > 0 } command)
            throw new FormatException($"--image {mapping}: expected PATTERN=COMMAND, for example '*/scorer*=python3 app.py'");
        var pattern = "^" + Regex.Escape(mapping[..cut]).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$";
        return (new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), command);
    }

    private static ImmutableArray<string> Split(string text)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var (quote, open) = ('\0', false);
        foreach (var letter in text)
        {
            if (quote != '\0')
            {
                if (letter == quote)
                    quote = '\0';
                else
                    word.Append(letter);
            }
            else if (letter is '"' or '\'')
            {
                (quote, open) = (letter, true);
            }
            else if (!char.IsWhiteSpace(letter))
            {
                word.Append(letter);
                open = true;
            }
            else if (open)
            {
                words.Add(word.ToString());
                word.Clear();
                open = false;
            }
        }

        if (open)
            words.Add(word.ToString());
        return words.ToImmutable();
    }
}

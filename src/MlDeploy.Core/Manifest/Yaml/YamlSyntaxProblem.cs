using YamlDotNet.Core;

namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>Says in a user's words what the YAML parser could not read.</summary>
internal static class YamlSyntaxProblem
{
    public static void Report(Mark mark, YamlException invalid, string text, ProblemList problems)
    {
        if (IndentingTab(text, mark.Line) is { } tab)
        {
            problems.Add(mark with { Line = tab.Line, Column = tab.Column }, "", "is indented with a tab", "a tab", "spaces: YAML does not allow tabs as indentation", "Replace the tab by spaces.");
            return;
        }

        problems.Add(mark, "", $"is not valid YAML: {Sentence(invalid)}", LineOf(text, mark.Line), null,
            "Correct the line; quote a value that holds `: `, ` #` or begins with one of { [ * & ! % @.");
    }

    /// <summary>The last line at or shortly before the error that begins with a tab: the parser trips on it or just behind it.</summary>
    private static (int Line, int Column)? IndentingTab(string text, int errorLine)
    {
        var number = 0;
        (int, int)? last = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (number > errorLine)
            {
                break;
            }

            var indentation = line[..^line.TrimStart(" \t").Length];
            if (indentation.IndexOf('\t') is var at and >= 0 && number >= errorLine - 1)
            {
                last = (number, at + 1);
            }
        }

        return last;
    }

    /// <summary>The parser's own words, without its "While parsing…" preamble and its positions.</summary>
    private static string Sentence(YamlException invalid)
    {
        var words = invalid.Message;
        var comma = words.IndexOf(", ", StringComparison.Ordinal);
        if (words.StartsWith("While ", StringComparison.Ordinal) && comma >= 0)
        {
            words = words[(comma + 2)..];
        }

        return words.TrimEnd('.');
    }

    private static string? LineOf(string text, int wanted)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (++number == wanted)
            {
                return line.Length > 200 ? line[..200].Trim().ToString() : line.Trim().ToString();
            }
        }

        return null;
    }
}

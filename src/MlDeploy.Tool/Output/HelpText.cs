using System.CommandLine;
using System.CommandLine.Help;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Output;

/// <summary>
/// Help as plain text of at most 100 columns, the same on a terminal and in a file. Our own rather than the parser's:
/// commands stand in the order of the work, and what is not built yet says so.
/// </summary>
internal static class HelpText
{
    private const int Width = 100;

    public static void Write(TextWriter to, Command command)
    {
        foreach (var line in Wrap(command.Description ?? "", Width))
        {
            to.WriteLine(line);
        }

        to.WriteLine();
        to.WriteLine($"usage: {Usage(command)}");
        WriteCommands(to, command);
        if (command.Arguments.Count > 0)
        {
            WriteBlock(to, "arguments", [.. command.Arguments.Select(argument => (argument.Name.ToUpperInvariant(), argument.Description ?? ""))]);
        }

        var own = command.Options.Where(option => option is { Hidden: false, Recursive: false } and not (HelpOption or VersionOption)).ToList();
        var common = Names.Of(command).Where(option => !option.Hidden).Except(own).OrderBy(option => option is HelpOption or VersionOption).ToList();
        WriteBlock(to, "options", [.. own.Select(Row)]);
        WriteBlock(to, own.Count > 0 ? "common options" : "options", [.. common.Select(Row)]);
        if (command is ToolCommand { Examples: { Length: > 0 } examples })
        {
            WriteBlock(to, "examples", [.. examples.Select(example => (example, ""))]);
        }
    }

    private static string Usage(Command command)
    {
        var arguments = command.Arguments.Select(argument =>
            argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name.ToUpperInvariant()}]" : argument.Name.ToUpperInvariant());
        var required = command.Options.Where(option => option.Required).Select(option => $"{option.Name} {option.HelpName}");
        string[] parts = [Names.Path(command), .. command is ToolCommand { RunsItself: true } || command.Subcommands.Count == 0 ? arguments : ["COMMAND"], .. required, "[options]"];
        return string.Join(' ', parts);
    }

    private static void WriteCommands(TextWriter to, Command command)
    {
        foreach (var group in command.Subcommands.Where(sub => !sub.Hidden).GroupBy(sub => (sub as ToolCommand)?.Group ?? "commands"))
        {
            WriteBlock(to, group.Key, [.. group.Select(sub => (sub.Name, sub.Description + Mark(sub)))]);
        }
    }

    private static string Mark(Command command) => command is ToolCommand { Built: false } ? " (Not built yet.)" : "";

    private static (string Left, string Right) Row(Option option) =>
        ($"{string.Join(", ", option.Aliases.Append(option.Name))} {option.HelpName}".TrimEnd(), option switch
        {
            HelpOption => "Show this help.",
            VersionOption => "Show the version.",
            _ => option.Description ?? "",
        });

    private static void WriteBlock(TextWriter to, string title, IReadOnlyList<(string Left, string Right)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        to.WriteLine();
        to.WriteLine($"{title}:");
        var column = rows.Max(row => row.Right.Length == 0 ? 0 : row.Left.Length) + 4;
        foreach (var (left, right) in rows)
        {
            var lines = Wrap(right, Width - column).ToList();
            to.WriteLine($"  {left.PadRight(column - 2)}{lines[0]}".TrimEnd());
            foreach (var line in lines.Skip(1))
            {
                to.WriteLine(new string(' ', column) + line);
            }
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}

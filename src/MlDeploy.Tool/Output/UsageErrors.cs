using System.CommandLine;
using System.CommandLine.Parsing;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Output;

/// <summary>What the parser could not read, each with what was probably meant.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<ErrorEntry> Of(ParseResult parse, OutputFormat format)
    {
        if (parse.Errors.Count == 0)
        {
            return (format, parse.CommandResult.Command) switch
            {
                (OutputFormat.GitHub, ToolCommand { Annotates: false } plain) => [new ErrorEntry($"`{Names.Path(plain)}` has no annotations to give", "use `-o text` or `-o json`")],
                (OutputFormat.Html, ToolCommand { MakesPages: false } plain) => [new ErrorEntry($"`{Names.Path(plain)}` makes no page", "use `-o text` or `-o json`")],
                _ => [],
            };
        }

        var command = parse.CommandResult.Command;
        var help = $"run `{Names.Path(command)} --help`";
        var errors = Unmatched(parse, command, help).ToList();
        var isName = command is not ToolCommand { RunsItself: true };
        if (errors.Count == 0 && isName && command.Subcommands.Count > 0)
        {
            errors.Add(new ErrorEntry(
                $"`{Names.Path(command)}` needs a command: {string.Join(", ", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name))}", help));
        }

        if (!isName || command.Subcommands.Count == 0)
        {
            // The parser repeats every unmatched token as an error of the command; those were said better above.
            errors.AddRange(parse.Errors
                .Where(error => !parse.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal)))
                .Select(error => error.SymbolResult is ArgumentResult { Tokens: [{ Value: ['-', _, ..] written }] }
                    ? Unknown("option", written.Split('=', 2)[0], Names.Options(command), command, help)
                    : new ErrorEntry(Sentence(error), help)));
        }

        return errors;
    }

    private static IEnumerable<ErrorEntry> Unmatched(ParseResult parse, Command command, string help)
    {
        var afterUnknownOption = false;
        foreach (var token in parse.UnmatchedTokens)
        {
            if (token.StartsWith('-'))
            {
                afterUnknownOption = true;
                yield return Unknown("option", token.Split('=', 2)[0], Names.Options(command), command, help);
            }
            else if (afterUnknownOption)
            {
                afterUnknownOption = false; // Most likely the value of the option that is already complained about.
            }
            else if (command is not ToolCommand { RunsItself: true } && command.Subcommands.Count > 0)
            {
                yield return Unknown("command", token, command.Subcommands.Select(sub => sub.Name), command, help);
            }
            else
            {
                yield return new ErrorEntry($"`{Names.Path(command)}` does not take '{token}'", help);
            }
        }
    }

    private static ErrorEntry Unknown(string what, string written, IEnumerable<string> names, Command command, string help) =>
        new($"`{Names.Path(command)}` has no {what} '{written}'",
            NearestName.Of(written, names) is { } near ? $"did you mean '{near}'? otherwise {help}" : help);

    private static string Sentence(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } option when option.Option.Arity.MinimumNumberOfValues > 0 =>
            $"{option.Option.Name} needs a value: {option.Option.Name} {option.Option.HelpName}",
        OptionResult option when option.Tokens.Count > option.Option.Arity.MaximumNumberOfValues =>
            $"{option.Option.Name} was given {option.Tokens.Count} times; it is taken once",
        OptionResult option when option.Option.ValueType == typeof(int) =>
            $"{option.Option.Name} wants a whole number, not '{option.Tokens[0].Value}'",
        ArgumentResult { Tokens.Count: 0, Parent: CommandResult command } argument =>
            $"`{Names.Path(command.Command)}` needs {argument.Argument.Name.ToUpperInvariant()}: {argument.Argument.Description}",
        ArgumentResult argument when argument.Argument.ValueType == typeof(int?) =>
            $"{argument.Argument.Name.ToUpperInvariant()} is a whole number, not '{argument.Tokens[0].Value}'",
        CommandResult command when command.Command.Options.FirstOrDefault(option => option.Required && command.GetResult(option) is null) is { } required =>
            $"`{Names.Path(command.Command)}` needs {required.Name} {required.HelpName}: {required.Description}",
        _ => error.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };
}

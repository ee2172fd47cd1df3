using System.CommandLine;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Signals;

namespace MlDeploy.Tool.Commands;

/// <summary>What a command works with; made once per process from the command line and the surroundings.</summary>
internal sealed record CommandContext
{
    public required CommonOptions Options { get; init; }
    public required Surroundings Surroundings { get; init; }
    public required Interruption Interruption { get; init; }
    public required ResultWriter Results { get; init; }
    public required ProgressLines Progress { get; init; }
    public required Palette MessagePalette { get; init; }
    public required bool Verbose { get; init; }

    public TimeProvider Clock => Surroundings.Clock;
    public CancellationToken Stop => Interruption.Token;

    /// <summary>A live view may redraw: standard error is a terminal, and results are not JSON.</summary>
    public bool Live => Surroundings.MessagesAreTerminal && Results.Format == OutputFormat.Text && MessagePalette.Colour;

    /// <summary>Works on a command line with mistakes too, so that these are told in the format that was asked for.</summary>
    public static CommandContext Create(ParseResult parse, CommonOptions options, Surroundings surroundings, Interruption interruption)
    {
        var noColour = Given(parse, options.NoColor);
        var results = Palette.For(surroundings.ResultsAreTerminal, noColour, surroundings.Variable);
        var messages = Palette.For(surroundings.MessagesAreTerminal, noColour, surroundings.Variable);
        return new CommandContext
        {
            Options = options,
            Surroundings = surroundings,
            Interruption = interruption,
            Results = new ResultWriter(surroundings.Results, Format(parse, options.Output), results),
            Progress = new ProgressLines(surroundings.Messages, surroundings.Clock, surroundings.MessagesAreTerminal, messages),
            MessagePalette = messages,
            Verbose = Given(parse, options.Verbose),
        };
    }

    private static bool Given(ParseResult parse, Option option) => parse.GetResult(option) is { Implicit: false };

    private static OutputFormat Format(ParseResult parse, Option option) =>
        (parse.GetResult(option)?.Tokens is [.., var last] ? last.Value : null) switch
        {
            "json" => OutputFormat.Json,
            "github" => OutputFormat.GitHub,
            "html" => OutputFormat.Html,
            _ => OutputFormat.Text,
        };
}

using System.CommandLine;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.Commands;

/// <summary>Does what a command was asked for; expected failures are thrown as <see cref="ExpectedException"/>.</summary>
internal delegate Task<ExitCode> CommandHandler(ParseResult parse, CommandContext context);

/// <summary>One command of the tool: what it is called, what it takes, and what does it.</summary>
/// <param name="group">The heading it stands under in help.</param>
/// <param name="handler">Null: planned, and refused with a clear message; its options are read already.</param>
internal sealed class ToolCommand(string group, string name, string description, CommandHandler? handler = null) : Command(name, description)
{
    public string Group { get; } = group;

    /// <summary>The same on the target aws; null: not built there, or a command that acts on no target.</summary>
    public CommandHandler? OnAws { get; init; }

    /// <summary>Options that mean nothing on the target local, and are refused there.</summary>
    public Option[] OnlyOnAws { get; init; } = [];

    /// <summary>Options and arguments that mean nothing on the target aws, and are refused there.</summary>
    public Symbol[] OnlyOnLocal { get; init; } = [];

    /// <summary>A command with sub-commands is as built as they are.</summary>
    public bool Built => handler is not null || OnAws is not null || Subcommands.OfType<ToolCommand>().Any(sub => sub.Built);

    /// <summary>False for a command that is only the name its sub-commands share.</summary>
    public bool RunsItself => handler is not null || Subcommands.Count == 0;

    public CommandHandler Handler => handler ?? NotBuiltYet.Refuse;

    /// <summary>Adds a sub-command to a command that also does something without it.</summary>
    public ToolCommand WithBeside(ToolCommand sub)
    {
        Add(sub);
        SetAction(_ => 0); // Never called: the parser refuses a command with sub-commands that has no action.
        return this;
    }

    /// <summary>Command lines to copy.</summary>
    public string[] Examples { get; init; } = [];

    /// <summary>True when the command accepts targets that are planned, because it acts on none.</summary>
    public bool AnyTarget { get; init; }

    /// <summary>True when `-o github` makes sense here.</summary>
    public bool Annotates { get; init; }

    /// <summary>True when `-o html` makes sense here.</summary>
    public bool MakesPages { get; init; }
}

/// <summary>The headings of help, in the order of the work.</summary>
internal static class Groups
{
    public const string Describe = "describe the application";
    public const string Deploy = "deploy it";
    public const string Watch = "watch it";
    public const string Model = "model and training";
    public const string Machine = "this machine";
}

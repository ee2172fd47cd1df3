using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>The answer of what is planned: never silence, never a success.</summary>
internal static class NotBuiltYet
{
    public static Task<ExitCode> Refuse(ParseResult parse, CommandContext context) =>
        throw new ExpectedException(
            ExitCode.Usage,
            $"`{Names.Path(parse.CommandResult.Command)}` is not built yet in this version ({ToolVersion.Number})",
            $"use what is: {string.Join(", ", Built(parse))}");

    /// <summary>Refuses a target that the command does not know yet.</summary>
    public static ExpectedException Target(Command command, string target) =>
        new(ExitCode.Usage, $"`{Names.Path(command)}` is not built yet on the target {target} in this version ({ToolVersion.Number})", "use `--target local`");

    private static IEnumerable<string> Built(ParseResult parse) =>
        parse.RootCommandResult.Command.Subcommands.OfType<ToolCommand>().Where(command => command.Built).Select(command => command.Name);
}

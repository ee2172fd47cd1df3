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

    /// <summary>Refuses `--target aws`.</summary>
    public static ExpectedException Target(string target) =>
        new(ExitCode.Usage, $"target {target} is not built yet in this version ({ToolVersion.Number})", "use `--target local`");

    private static IEnumerable<string> Built(ParseResult parse) =>
        parse.RootCommandResult.Command.Subcommands.OfType<ToolCommand>().Where(command => command.Built).Select(command => command.Name);
}

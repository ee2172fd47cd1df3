using System.CommandLine;

namespace MlDeploy.Tool.Output;

/// <summary>How commands and options are written on the command line.</summary>
internal static class Names
{
    /// <summary>`mldeploy host run`.</summary>
    public static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : Commands.Root.Name;

    /// <summary>Every way to write every option that the command takes, the common ones included.</summary>
    public static IEnumerable<string> Options(Command command) =>
        Of(command).SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>The options that the command takes, its own first.</summary>
    public static IEnumerable<Option> Of(Command command) =>
        command.Options.Concat(Ancestors(command).SelectMany(parent => parent.Options).Where(option => option.Recursive)).Distinct();

    private static IEnumerable<Command> Ancestors(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => Ancestors(parent).Prepend(parent));
}

using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>Which application a command is about: the one `--app` names, else the manifest's.</summary>
internal static class Applications
{
    public static async Task<string> NameAsync(ParseResult parse, CommandContext context) =>
        parse.GetValue(context.Options.Application) ?? (await ManifestFile.LoadAsync(parse, context)).Name;

    /// <summary>Asks the host about the named application; without `--app` and without a manifest, about all that the local target has.</summary>
    /// <remarks>Starts the host when it is gone: what it left is then taken up.</remarks>
    public static async Task<ImmutableArray<T>> AskAsync<T>(ParseResult parse, CommandContext context, Func<ControlClient, string, Task<T>> ask)
    {
        var names = await NamesAsync(parse, context);
        foreach (var name in names)
        {
            LocalTarget.Existing(context, name);
        }

        if (names.Length == 0)
        {
            return [];
        }

        using var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop);
        var answers = ImmutableArray.CreateBuilder<T>(names.Length);
        foreach (var name in names)
        {
            answers.Add(await ask(client, name));
        }

        return answers.ToImmutable();
    }

    private static async Task<string[]> NamesAsync(ParseResult parse, CommandContext context) =>
        await NamedAsync(parse, context) is { } name ? [name] : [.. LocalTarget.Paths(context).Applications()];

    /// <summary>The application that is meant; null without `--app` and without a manifest.</summary>
    public static async Task<string?> NamedAsync(ParseResult parse, CommandContext context)
    {
        var file = Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory);
        var nothingNamed = parse.GetValue(context.Options.Application) is null
            && parse.GetResult(context.Options.File) is null or { Implicit: true }
            && !File.Exists(file);
        return nothingNamed ? null : await NameAsync(parse, context);
    }
}

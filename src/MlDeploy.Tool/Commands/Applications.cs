using System.CommandLine;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>Which application a command is about: the one `--app` names, else the manifest's.</summary>
internal static class Applications
{
    public static async Task<string> NameAsync(ParseResult parse, CommandContext context) =>
        parse.GetValue(context.Options.Application) ?? (await ManifestFile.LoadAsync(parse, context)).Name;

    /// <summary>The named one; without `--app` and without a manifest, all that the local target has.</summary>
    public static async Task<string[]> NamesAsync(ParseResult parse, CommandContext context)
    {
        var file = Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory);
        var nothingNamed = parse.GetValue(context.Options.Application) is null
            && parse.GetResult(context.Options.File) is null or { Implicit: true }
            && !File.Exists(file);
        return nothingNamed ? [.. LocalTarget.Paths(context).Applications()] : [await NameAsync(parse, context)];
    }
}

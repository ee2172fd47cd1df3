using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy logs`</summary>
internal static class LogsCommand
{
    private static readonly Argument<string?> Version = new("version") { Description = "A version's label or id; default: all.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on printing as lines are written." };
    private static readonly Option<int> Tail = new("--tail") { Description = "How many lines of the past; default 100.", HelpName = "LINES", DefaultValueFactory = _ => 100 };

    public static ToolCommand Create(CommonOptions options)
    {
        // Here -f follows, as everybody's fingers expect of logs; the manifest is --file.
        var file = new Option<string>("--file") { Description = options.File.Description, HelpName = "PATH", DefaultValueFactory = _ => CommonOptions.DefaultFile };
        return new ToolCommand(Groups.Watch, "logs", "What the versions printed.", RunAsync)
        {
            Examples = ["mldeploy logs --follow", "mldeploy logs v2 --tail 20"],
        }
            .With(Version)
            .With([Follow, Tail, .. options.Running.Select(option => option == options.File ? file : option)]);
    }

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        var logs = Find(LocalTarget.Existing(context, name), name, parse.GetValue(Version));
        var prefix = logs.Length > 1;
        await Task.WhenAll(logs.Select(log => PrintAsync(log, prefix, parse, context)));
        return context.Interruption.ExitCode ?? ExitCode.Done;
    }

    private static ImmutableArray<string> Find(ApplicationPaths paths, string name, string? version)
    {
        var logs = Directory.Exists(paths.Logs)
            ? Directory.GetFiles(paths.Logs, "*.log").Where(log => log != paths.AccessLog).OrderBy(File.GetLastWriteTimeUtc).ToImmutableArray()
            : [];
        ImmutableArray<string> wanted = version is null ? logs : [.. logs.Where(log => Matches(Path.GetFileNameWithoutExtension(log), version))];
        return wanted.IsEmpty
            ? throw new ExpectedException(
                ExitCode.Usage,
                $"{name} has no log{(version is null ? "" : $" of version {version}")}",
                logs.IsEmpty ? "deploy it first" : $"choose one of {string.Join(", ", logs.Select(Path.GetFileNameWithoutExtension))}")
            : wanted;
    }

    /// <summary>`v1` means every content that was deployed under that label; its id means one.</summary>
    private static bool Matches(string id, string wanted) => id == wanted || (id.LastIndexOf('-') is var dash and > 0 && id[..dash] == wanted);

    private static async Task PrintAsync(string path, bool prefix, ParseResult parse, CommandContext context)
    {
        var log = new LogFile(path);
        var label = prefix ? $"{Path.GetFileNameWithoutExtension(path)} | " : "";
        if (!parse.GetValue(Follow))
        {
            foreach (var line in log.Tail(parse.GetValue(Tail)))
            {
                context.Results.Text.WriteLine(label + line);
            }

            return;
        }

        try
        {
            await foreach (var line in log.FollowAsync(parse.GetValue(Tail), context.Clock, context.Stop))
            {
                context.Results.Text.WriteLine(label + line);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends following; that is how it is meant to end.
        }
    }
}

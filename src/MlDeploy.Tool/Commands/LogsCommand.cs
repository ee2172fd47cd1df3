using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy logs`</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan LookForNewEvery = TimeSpan.FromMilliseconds(500);
    public static readonly Argument<string?> Version = new("version") { Description = "A version's label or id; on aws also stable, candidate, or a task definition; default: all.", Arity = ArgumentArity.ZeroOrOne };
    public static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on printing as lines are written." };
    public static readonly Option<int> Tail = new("--tail") { Description = "How many lines of the past, of each version; default 100.", HelpName = "LINES", DefaultValueFactory = _ => 100 };
    public static readonly Option<string?> OneTask = new("--task") { Description = "aws: one task's lines only; its id, or how it begins.", HelpName = "ID" };

    public static ToolCommand Create(CommonOptions options)
    {
        // Here -f follows, as everybody's fingers expect of logs; the manifest is --file.
        var file = new Option<string>("--file") { Description = options.File.Description, HelpName = "PATH", DefaultValueFactory = _ => CommonOptions.DefaultFile };
        return new ToolCommand(Groups.Watch, "logs", "What the versions printed.", RunAsync)
        {
            OnAws = AwsLogsCommand.RunAsync,
            OnlyOnAws = [OneTask],
            Examples = ["mldeploy logs --follow", "mldeploy logs v2 --tail 20", "mldeploy logs candidate --target aws --follow", "mldeploy logs --target aws --task 4f1e"],
        }
            .With(Version)
            .With([Follow, Tail, OneTask, .. options.Running.Select(option => option == options.File ? file : option)]);
    }

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        var paths = LocalTarget.Existing(context, name);
        var version = parse.GetValue(Version);
        var logs = Find(paths, version);
        if (logs.IsEmpty)
        {
            var all = Find(paths, null);
            throw new ExpectedException(
                ExitCode.Usage,
                $"{name} has no log{(version is null ? "" : $" of version {version}")}",
                all.IsEmpty ? "deploy it first" : $"choose one of {string.Join(", ", all.Select(Path.GetFileNameWithoutExtension))}");
        }

        if (parse.GetValue(Follow))
        {
            await FollowAsync(() => Find(paths, version), prefix: version is null, parse.GetValue(Tail), context);
            return context.Interruption.ExitCode ?? ExitCode.Done;
        }

        foreach (var log in logs)
        {
            foreach (var line in new LogFile(log).Tail(parse.GetValue(Tail)))
            {
                context.Results.Text.WriteLine(Label(log, logs.Length > 1) + line);
            }
        }

        return ExitCode.Done;
    }

    /// <summary>Oldest first.</summary>
    private static ImmutableArray<string> Find(ApplicationPaths paths, string? version) => Directory.Exists(paths.Logs)
        ? [.. Directory.GetFiles(paths.Logs, "*.log")
            .Where(log => log != paths.AccessLog && (version is null || Matches(Path.GetFileNameWithoutExtension(log), version)))
            .OrderBy(File.GetLastWriteTimeUtc)]
        : [];

    /// <summary>`v1` means every content that was deployed under that label; its id means one.</summary>
    private static bool Matches(string id, string wanted) => id == wanted || (id.LastIndexOf('-') is var dash and > 0 && id[..dash] == wanted);

    private static string Label(string log, bool prefix) => prefix ? $"{Path.GetFileNameWithoutExtension(log)} | " : "";

    /// <summary>Follows what is there, and what comes: the next candidate is what one wants to see.</summary>
    private static async Task FollowAsync(Func<ImmutableArray<string>> find, bool prefix, int tail, CommandContext context)
    {
        var following = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (var log in find().Where(log => !following.ContainsKey(log)))
                {
                    following[log] = PrintAsync(log, Label(log, prefix), tail, context);
                }

                await Task.Delay(LookForNewEvery, context.Clock, context.Stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends following; that is how it is meant to end.
            await Task.WhenAll(following.Values);
        }
    }

    private static async Task PrintAsync(string log, string label, int tail, CommandContext context)
    {
        try
        {
            await foreach (var line in new LogFile(log).FollowAsync(tail, context.Clock, context.Stop))
            {
                context.Results.Text.WriteLine(label + line);
            }
        }
        catch (OperationCanceledException)
        {
            // The same.
        }
    }
}

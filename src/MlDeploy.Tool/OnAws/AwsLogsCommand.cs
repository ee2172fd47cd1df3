using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy logs --target aws`</summary>
internal static class AwsLogsCommand
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await StandingApplication.FindAsync(session, name, context.Stop) ?? throw AwsAccess.NotProvisioned(name, StackNames.Of(name, StackKind.Application));
            var group = application[StackOutputs.LogGroup]
                ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {application.Stack.StackName} ({application.Stack.StackStatus}) tells of no log", "`mldeploy provision --target aws` brings the stack to what the manifest says");
            var selection = parse.GetValue(LogsCommand.Version) is { } version
                ? await new ArmLogs(session, application, group, context).FindAsync(version)
                : new LogSelection($"{name}/");
            return await RunAsync(new LogReader(session.Logs, group, selection with { Task = parse.GetValue(LogsCommand.OneTask) }, context.Clock), parse, context);
        }
    }

    private static async Task<ExitCode> RunAsync(LogReader reader, ParseResult parse, CommandContext context)
    {
        var task = parse.GetValue(LogsCommand.OneTask);
        var tellsVersion = parse.GetValue(LogsCommand.Version) is null;
        var began = context.Clock.GetUtcNow();
        var tail = await reader.TailAsync(parse.GetValue(LogsCommand.Tail), context.Stop);
        foreach (var line in tail)
        {
            Write(line, task, tellsVersion, context);
        }

        if (!parse.GetValue(LogsCommand.Follow))
        {
            return tail.IsEmpty && task is not null
                ? throw new ExpectedException(ExitCode.Usage, $"no task {task} has written a log", "`mldeploy status --target aws` lists the tasks")
                : ExitCode.Done;
        }

        try
        {
            await foreach (var line in reader.FollowAsync(tail.IsEmpty ? began : tail[^1].At.AddMilliseconds(1), context.Stop))
            {
                Write(line, task, tellsVersion, context);
            }
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            // Ctrl-C ends following; that is how it is meant to end.
        }

        return context.Interruption.ExitCode ?? ExitCode.Done;
    }

    private static void Write(LogLine line, string? task, bool tellsVersion, CommandContext context)
    {
        var version = tellsVersion && line.Version is { } known ? known : null;
        var of = string.Join(' ', new[] { version, task is null && line.Task.Length > 0 ? line.Task[..Math.Min(8, line.Task.Length)] : null }.OfType<string>());
        context.Results.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {(of.Length > 0 ? $"{of} | " : "")}{line.Text}"));
    }
}

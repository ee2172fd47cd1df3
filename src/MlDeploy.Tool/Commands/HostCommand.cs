using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy host run|start|stop|restart|status`</summary>
internal static class HostCommand
{
    private const string Group = "commands";
    private static readonly TimeSpan StopWithin = TimeSpan.FromMinutes(2);
    private static readonly Option<int?> Watcher = new(HostStarter.WatcherOption) { Hidden = true, Description = "The process that restarts this host." };
    private static readonly Option<int?> Running = new(HostStarter.RunningOption) { Hidden = true, Description = "A host that runs already." };

    public static ToolCommand Create() =>
        new(Groups.Machine, "host", "The background process of the local target; started by itself when a command needs it.")
        {
            new ToolCommand(Group, "run", "Be the host in the foreground, for systemd and containers.", RunAsync).With(Watcher),
            new ToolCommand(Group, "start", "Start the host in the background, if it does not run.", StartAsync),
            new ToolCommand(Group, "stop", "Stop the host and every version it runs.", StopAsync),
            new ToolCommand(Group, "restart", "Replace the host; versions keep running and serve again within a second or two.", RestartAsync),
            new ToolCommand(Group, "status", "Whether the host runs, since when, and which version of mldeploy it is.", StatusAsync),
            new ToolCommand(Group, "watch", "Start the host and start it again when it ends unexpectedly.", WatchAsync) { Hidden = true }.With(Running),
        };

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var watcher = parse.GetValue(Watcher) is { } pid ? ProcessIdentity.Of(pid) : null;
        using var detached = parse.GetValue(Watcher) is null ? null : Daemon.DetachFromTerminal();
        if (watcher is null)
        {
            context.Progress.State("the host runs in the foreground; end it with SIGINT or SIGTERM", Tone.Plain);
        }

        return (ExitCode)await HostMain.RunAsync(LocalTarget.Environment(context), watcher, context.Stop);
    }

    private static async Task<ExitCode> WatchAsync(ParseResult parse, CommandContext context)
    {
        using var detached = Daemon.DetachFromTerminal();
        var running = parse.GetValue(Running) is { } pid ? ProcessIdentity.Of(pid) : null;
        return (ExitCode)await HostWatcher.RunAsync(LocalTarget.Environment(context), running, context.Stop);
    }

    private static async Task<ExitCode> StartAsync(ParseResult parse, CommandContext context)
    {
        using var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop);
        return await StatusAsync(parse, context);
    }

    private static async Task<ExitCode> StopAsync(ParseResult parse, CommandContext context) =>
        await EndAsync(context, handover: false) ? await StatusAsync(parse, context) : ExitCode.Done;

    private static async Task<ExitCode> RestartAsync(ParseResult parse, CommandContext context)
    {
        await EndAsync(context, handover: true);
        return await StartAsync(parse, context);
    }

    /// <returns>False when none ran.</returns>
    private static async Task<bool> EndAsync(CommandContext context, bool handover)
    {
        var environment = LocalTarget.Environment(context);
        var leftBehind = !handover && LeftBehind.AnyVersion(environment.Paths, context.Clock);
        using var client = leftBehind ? await HostStarter.ConnectAsync(environment, context.Stop) : await HostStarter.FindAsync(environment, context.Stop);
        if (client is null)
        {
            context.Progress.State("no host runs: nothing to do", Tone.Plain);
            return false;
        }

        var host = await client.HostAsync(context.Stop);
        if (handover && !host.Deploying.IsEmpty)
        {
            throw new ExpectedException(ExitCode.LeaseHeld, $"{string.Join(", ", host.Deploying)} is being deployed", "wait until that deployment has ended, or end it with `mldeploy abort`");
        }

        var process = ProcessIdentity.Of(host.ProcessId);
        await client.StopHostAsync(handover, context.Stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.Stop);
        patience.CancelAfter(StopWithin);
        if (process is not null)
        {
            await ParentWatch.WaitForEndAsync(process, context.Clock, patience.Token);
        }

        return true;
    }

    private static async Task<ExitCode> StatusAsync(ParseResult parse, CommandContext context)
    {
        var environment = LocalTarget.Environment(context);
        using var client = await HostStarter.FindAsync(environment, context.Stop);
        var host = client is null ? null : await client.HostAsync(context.Stop);
        var document = new HostDocument(host is not null, host, environment.Paths.Root, environment.Paths.HostLog);
        context.Results.Write("host", document, LocalDocuments.Default.HostDocument, (text, _) =>
        {
            text.WriteLine(host is null
                ? "the host does not run"
                : $"the host runs: mldeploy {host.ToolVersion}, process {host.ProcessId}{(host.WatcherProcessId is { } watcher ? $" watched by {watcher}" : "")}, since {host.StartedAt:yyyy-MM-dd HH:mm:ss} UTC");
            if (host is { Applications.IsEmpty: false })
            {
                text.WriteLine($"applications: {string.Join(", ", host.Applications)}");
            }

            text.WriteLine($"state: {document.State}");
            text.WriteLine($"log: {document.Log}");
        });
        return ExitCode.Done;
    }
}

using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Control;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Hosting;

/// <summary>Finds the host, or starts one on demand, as a build server is started.</summary>
public static class HostStarter
{
    public const string WatcherOption = "--watcher";
    public const string RunningOption = "--running";

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(20);

    /// <summary>A host of this very version of mldeploy that answers.</summary>
    /// <exception cref="ExpectedException">It cannot be started, or another version deploys right now.</exception>
    public static async Task<ControlClient> ConnectAsync(HostEnvironment environment, CancellationToken cancel)
    {
        environment.Paths.CreateHostFolders();
        var client = new ControlClient(environment.Paths.ControlSocket);
        try
        {
            if (await TryAskAsync(client, cancel) is { } status)
            {
                if (status.ToolVersion == environment.Self.ToolVersion)
                {
                    return client;
                }

                await ReplaceAsync(environment, client, status, cancel);
            }

            await StartAsync(environment, client, cancel);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The host if one runs; never starts one.</summary>
    public static async Task<ControlClient?> FindAsync(HostEnvironment environment, CancellationToken cancel)
    {
        var client = new ControlClient(environment.Paths.ControlSocket);
        if (await TryAskAsync(client, cancel) is not null)
        {
            return client;
        }

        client.Dispose();
        return null;
    }

    internal static RunningProcess StartHost(HostEnvironment environment, ProcessIdentity watcher) =>
        Start(environment, ["host", "run", WatcherOption, watcher.Pid.ToString(CultureInfo.InvariantCulture)]);

    internal static RunningProcess StartWatcher(HostEnvironment environment, ProcessIdentity? running) => Start(
        environment,
        running is null ? ["host", "watch"] : ["host", "watch", RunningOption, running.Pid.ToString(CultureInfo.InvariantCulture)]);

    private static RunningProcess Start(HostEnvironment environment, string[] arguments) => Daemon.Start(
        new LaunchSpec(
            [environment.Self.Executable, .. environment.Self.LeadingArguments, .. arguments],
            environment.Paths.HostFolder,
            SocketCompletions.Inline(environment.ForHost),
            environment.Paths.HostLog),
        environment.Clock);

    private static async Task<HostStatus?> TryAskAsync(ControlClient client, CancellationToken cancel)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        soon.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            return await client.HostAsync(soon.Token);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, "the host does not answer", "look at its log (`mldeploy host status` says where), and end its process if it hangs: applications keep running");
        }
    }

    private static async Task ReplaceAsync(HostEnvironment environment, ControlClient client, HostStatus old, CancellationToken cancel)
    {
        if (!old.Deploying.IsEmpty)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the host runs mldeploy {old.ToolVersion}, this is {environment.Self.ToolVersion}, and {string.Join(", ", old.Deploying)} is being deployed",
                "wait until that deployment has ended; the host is then replaced by itself, and applications keep running");
        }

        await client.StopHostAsync(handover: true, cancel);
        await UntilAsync(environment, async () => await TryAskAsync(client, cancel) is null, "the old host does not end", cancel);
    }

    private static async Task StartAsync(HostEnvironment environment, ControlClient client, CancellationToken cancel)
    {
        using var watcher = StartWatcher(environment, running: null);
        await UntilAsync(environment, async () => await TryAskAsync(client, cancel) is not null, "the host does not start", cancel);
    }

    private static async Task UntilAsync(HostEnvironment environment, Func<Task<bool>> condition, string failure, CancellationToken cancel)
    {
        var began = environment.Clock.GetTimestamp();
        while (!await condition())
        {
            if (environment.Clock.GetElapsedTime(began) > StartWithin)
            {
                var log = new LogFile(environment.Paths.HostLog).Tail(3);
                throw new ExpectedException(
                    ExitCode.TargetFailed,
                    $"{failure} within {StartWithin.TotalSeconds:0} s; its log ends with: {string.Join(" / ", log)}",
                    $"read {environment.Paths.HostLog}, or run `mldeploy host run` in the foreground to see why");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), environment.Clock, cancel);
        }
    }
}

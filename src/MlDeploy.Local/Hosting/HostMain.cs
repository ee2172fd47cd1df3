using MlDeploy.Core.Errors;
using MlDeploy.Local.Control;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Hosting;

/// <summary>The host's life: take the lock, take up what was, answer, end.</summary>
public static class HostMain
{
    /// <summary>What the process ends with when another host shall adopt its applications: its watcher then ends too.</summary>
    public const int HandedOver = 75;

    /// <summary>What a watched process ends with when another host has the lock already: its watcher then ends too.</summary>
    public const int NotNeeded = 76;

    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(5);

    /// <param name="watcher">The process that restarts this one; null when run in the foreground.</param>
    /// <param name="cancel">A signal: ends the host and its applications.</param>
    public static async Task<int> RunAsync(HostEnvironment environment, ProcessIdentity? watcher, CancellationToken cancel)
    {
        environment.Paths.CreateHostFolders();
        using var only = await TakeLockAsync(environment, cancel);
        if (only is null)
        {
            // Two commands started a host at once; the other one is there.
            return watcher is not null ? NotNeeded : throw new ExpectedException(
                ExitCode.Usage, $"a host runs already for {environment.Paths.Root}", "use it as it is, or end it first with `mldeploy host stop`");
        }

        environment.Log.Write($"host {environment.Self.ToolVersion} began{(watcher is null ? " in the foreground" : $", watched by {watcher.Pid}")}");
        await using var host = new LocalHost(environment, watcher);
        await host.RecoverAsync(cancel);
        await using var dashboard = new DashboardServer(environment, host);
        await dashboard.TakeUpAsync();
        await using var control = await ControlServer.StartAsync(environment.Paths.ControlSocket, host, dashboard, cancel);
        PrivateFiles.Replace(
            environment.Paths.HostRecord,
            new HostRecord(Environment.ProcessId, environment.Self.ToolVersion, environment.Clock.GetUtcNow()),
            StateJson.Default.HostRecord);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = watcher is null ? Task.CompletedTask : WatchTheWatcherAsync(environment, watcher, ended.Token);
        var handover = await WaitForEndAsync(host, cancel);
        await ended.CancelAsync();
        await watching;
        await host.EndAsync(handover);
        File.Delete(environment.Paths.HostRecord);
        if (!handover)
        {
            dashboard.Forget();
        }

        environment.Log.Write(handover ? "host ended; its applications wait for the next" : "host ended with its applications");
        return handover ? HandedOver : 0;
    }

    private static async Task<bool> WaitForEndAsync(LocalHost host, CancellationToken cancel)
    {
        try
        {
            return await host.Stopping.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>When the watcher is killed, the host gets itself a new one.</summary>
    private static async Task WatchTheWatcherAsync(HostEnvironment environment, ProcessIdentity watcher, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await ParentWatch.WaitForEndAsync(watcher, environment.Clock, cancel);
                environment.Log.Write($"the watcher {watcher.Pid} is gone; starting another");
                watcher = HostStarter.StartWatcher(environment, ProcessIdentity.Current).Identity;
            }
        }
        catch (OperationCanceledException)
        {
            // The host ends.
        }
        catch (ExpectedException failure)
        {
            environment.Log.Write($"no watcher could be started: {failure.Message}. {failure.Remedy}");
        }
    }

    /// <returns>Null when another host holds it and keeps it.</returns>
    private static async Task<HostLock?> TakeLockAsync(HostEnvironment environment, CancellationToken cancel)
    {
        var began = environment.Clock.GetTimestamp();
        while (true)
        {
            if (HostLock.TryTake(environment.Paths.HostLock) is { } taken)
            {
                return taken;
            }

            if (environment.Clock.GetElapsedTime(began) > LockWait)
            {
                return null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), environment.Clock, cancel);
        }
    }
}

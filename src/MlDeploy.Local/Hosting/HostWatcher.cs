using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Hosting;

/// <summary>The small parent: starts the host, and starts it again when it ends without being asked to.</summary>
public static class HostWatcher
{
    /// <summary>A host that cannot even start is not tried for ever.</summary>
    private const int MostRestartsAMinute = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="running">A host that runs already, whose own watcher was killed; null to start one.</param>
    public static async Task<int> RunAsync(HostEnvironment environment, ProcessIdentity? running, CancellationToken cancel)
    {
        var restarts = new Queue<long>();
        var host = running is null ? null : RunningProcess.Adopt(running, environment.Clock);
        while (true)
        {
            host ??= HostStarter.StartHost(environment, ProcessIdentity.Current);
            var exitCode = await EndAsync(host, cancel);
            if (exitCode is 0 or HostMain.HandedOver or HostMain.NotNeeded || WasAskedToEnd(environment, exitCode))
            {
                return 0;
            }

            host.Dispose();
            host = null;
            environment.Log.Write($"the host ended unexpectedly (exit code {exitCode?.ToString() ?? "unknown"}); starting it again");
            restarts.Enqueue(environment.Clock.GetTimestamp());
            while (environment.Clock.GetElapsedTime(restarts.Peek()) > TimeSpan.FromMinutes(1))
            {
                restarts.Dequeue();
            }

            if (restarts.Count > MostRestartsAMinute)
            {
                environment.Log.Write($"the host ended {restarts.Count} times within a minute: giving up; the next command starts it again");
                return 1;
            }

            await Task.Delay(Pause, environment.Clock, cancel);
        }
    }

    /// <summary>A signal to the watcher ends the host too: it is passed on, and the host's end awaited.</summary>
    private static async Task<int?> EndAsync(RunningProcess host, CancellationToken cancel)
    {
        using var passOn = cancel.Register(() => Signals.Send(host.Identity, Signals.Terminate));
        return await host.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>An adopted host's exit code is unknown: whether it left its record behind tells.</summary>
    private static bool WasAskedToEnd(HostEnvironment environment, int? exitCode) => exitCode is null && !File.Exists(environment.Paths.HostRecord);
}

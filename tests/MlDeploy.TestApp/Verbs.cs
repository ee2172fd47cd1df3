using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Processes;
using MlDeploy.Local.Supervision;

namespace MlDeploy.TestApp;

/// <summary>
/// What needs a process of its own to be tested, because it is killed or looked at from outside:
/// <code>
/// supervise COOKIE LOG COMMAND…   supervises the command and prints every state as a line of JSON
/// daemon LOG                      starts `daemonized` in the background, prints its pid and ends
/// daemonized                      detaches from the terminal, logs `detached`, runs until it is killed
/// </code>
/// </summary>
internal static class Verbs
{
    public static async Task<int?> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["supervise", var cookie, var log, .. var command]:
                await SuperviseAsync(cookie, log, [.. command]);
                return 0;
            case ["daemon", var log]:
                var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "" };
                if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root)
                    environment["DOTNET_ROOT"] = root;
                using (var child = Daemon.Start(new LaunchSpec([Environment.ProcessPath!, "daemonized"], Path.GetTempPath(), environment, log), TimeProvider.System))
                    Console.WriteLine(child.Identity.Pid);
                return 0;
            case ["daemonized"]:
                using (Daemon.DetachFromTerminal())
                {
                    TestApplication.Log("detached");
                    await Task.Delay(TimeSpan.FromMinutes(2));
                }

                return 0;
            default:
                return null;
        }
    }

    private static async Task SuperviseAsync(string cookie, string log, ImmutableArray<string> command)
    {
        using var http = HealthProbe.CreateClient();
        var context = new SupervisionContext(
            new ProcessTable(TimeProvider.System), new PortAllocator(new Random()), http, TimeProvider.System, new Random());
        var spec = new InstanceSpec
        {
            Cookie = cookie,
            Command = command,
            WorkingDirectory = Environment.CurrentDirectory,
            Environment = ApplicationEnvironment.Compose(
                Environment.GetEnvironmentVariable, ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty),
            LogFile = log,
            Health = new HealthSettings { Interval = TimeSpan.FromMilliseconds(200) },
        };
        await using var supervisor = Supervisor.Start(spec, context, state => Console.WriteLine(JsonSerializer.Serialize(state)));
        await supervisor.Completion;
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Processes;
using MlDeploy.Local.Supervision;

namespace MlDeploy.Specs.Local;

/// <summary>What becomes of an instance when the process that supervised it is killed.</summary>
public sealed class AdoptionTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private readonly ProcessTable table = new(TimeProvider.System);
    private readonly HttpMessageInvoker http = HealthProbe.CreateClient();
    private readonly ConcurrentQueue<InstanceState> states = new();
    private readonly string cookie = $"specs/{Guid.NewGuid():N}";

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "kill -9");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(await new ProcessTree(cookie, table, TimeProvider.System).StopAsync(TimeSpan.Zero));
        http.Dispose();
        folder.Dispose();
    }

    /// <summary>A host in a process of its own supervises the application; returns what it recorded, after it was killed with SIGKILL.</summary>
    private async Task<RunningInstance> SuperviseAndKillHostAsync(params string[] switches)
    {
        using var host = Process.Start(new ProcessStartInfo(TestApp.Executable, ["supervise", cookie, folder.PathTo("app.log"), TestApp.Executable, .. switches])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder.Root,
        })!;
        InstanceState? state = null;
        while (state?.Phase != InstancePhase.Healthy)
            state = JsonSerializer.Deserialize<InstanceState>(await host.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the host ended"));
        host.Kill();
        await host.WaitForExitAsync();
        return state.Running!;
    }

    private Supervisor Adopt(RunningInstance recorded, params string[] switches) => Supervisor.Adopt(
        new InstanceSpec
        {
            Cookie = cookie,
            Command = [TestApp.Executable, .. switches],
            WorkingDirectory = folder.Root,
            Environment = ApplicationEnvironment.Compose(Environment.GetEnvironmentVariable, ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty),
            LogFile = folder.PathTo("app.log"),
            Health = new HealthSettings { Interval = TimeSpan.FromMilliseconds(100) },
        },
        recorded,
        new SupervisionContext(table, new PortAllocator(new Random()), http, TimeProvider.System, new Random(1)),
        states.Enqueue);

    [Fact]
    public async Task It_runs_on_and_is_adopted_watched_and_stopped()
    {
        var recorded = await SuperviseAndKillHostAsync("--spawn-grandchild");
        Assert.True(recorded.OnceHealthy);
        Assert.True(recorded.Process.IsAlive());

        await using var supervisor = Adopt(recorded);
        var state = await supervisor.WhenSettledAsync();
        Assert.Equal(InstancePhase.Healthy, state.Phase);
        Assert.Equal(recorded, state.Running);
        Assert.True(supervisor.Read().Memory > 0);

        // Not our child: nobody tells us that it ended, and still it is noticed and restarted.
        Signals.Send(recorded.Process, Signals.Kill);
        await Eventually.Becomes(() => supervisor.State is { Phase: InstancePhase.Healthy, Restarts: 1 }, "restarted");
        Assert.Equal(recorded.Port, supervisor.State.Port);

        await supervisor.StopAsync();
        Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
    }

    [Fact]
    public async Task One_that_ended_meanwhile_is_started_again()
    {
        var recorded = await SuperviseAndKillHostAsync();
        Signals.Send(recorded.Process, Signals.Kill);
        await Eventually.Becomes(() => !recorded.Process.IsAlive() && PortAllocator.IsFree(recorded.Port), "it ended, with its last thread");

        await using var supervisor = Adopt(recorded);
        await supervisor.WhenSettledAsync();
        Assert.Equal(1, supervisor.State.Restarts);
        Assert.Equal(recorded.Port, supervisor.State.Port);
        await supervisor.StopAsync();
    }

    [Fact]
    public async Task Another_process_under_the_same_id_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "600");
        try
        {
            var identity = ProcessIdentity.Of(stranger.Id)!;
            var recorded = new RunningInstance(identity with { StartTicks = identity.StartTicks - 1 }, 20_001, DateTimeOffset.UtcNow, 0, OnceHealthy: true);
            await using var supervisor = Adopt(recorded);
            await Eventually.Becomes(() => supervisor.State is { Phase: InstancePhase.Healthy, Restarts: 1 }, "a new one was started");
            await supervisor.StopAsync();
            Assert.True(identity.IsAlive());
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task Letting_go_leaves_it_running()
    {
        var recorded = await SuperviseAndKillHostAsync();
        var supervisor = Adopt(recorded);
        await supervisor.WhenSettledAsync();
        await supervisor.DisposeAsync();
        Assert.True(recorded.Process.IsAlive());
    }

    [Fact]
    public async Task Orphans_are_found_by_their_cookie()
    {
        var recorded = await SuperviseAndKillHostAsync();
        Assert.Contains(recorded.Process, new ProcessTable(TimeProvider.System).Instances()[cookie]);
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Processes;
using MlDeploy.Local.Supervision;

namespace MlDeploy.Specs.Local;

public sealed class SupervisorTests : IAsyncLifetime
{
    private readonly TestFolder folder = new("mldeploy supervised");
    private readonly ProcessTable table = new(TimeProvider.System);
    private readonly HttpMessageInvoker http = HealthProbe.CreateClient();
    private readonly ConcurrentQueue<InstanceState> states = new();
    private readonly string cookie = $"specs/{Guid.NewGuid():N}";
    private readonly PortAllocator ports = new(new Random());
    private Supervisor? supervisor;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (supervisor is not null)
        {
            await supervisor.StopAsync(TimeSpan.Zero);
            await supervisor.DisposeAsync();
        }

        Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
        http.Dispose();
        folder.Dispose();
    }

    private SupervisionContext Context => new(table, ports, http, TimeProvider.System, new Random(1));

    private InstanceSpec Spec(params string[] command) => new()
    {
        Cookie = cookie,
        Command = [.. command],
        WorkingDirectory = folder.Root,
        Environment = ApplicationEnvironment.Compose(Environment.GetEnvironmentVariable, ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty),
        LogFile = folder.PathTo("app.log"),
        Health = new HealthSettings
        {
            Interval = TimeSpan.FromMilliseconds(100), Timeout = TimeSpan.FromSeconds(2), HealthyAfter = 2, UnhealthyAfter = 3,
            StartWithin = TimeSpan.FromSeconds(30),
        },
        Drain = TimeSpan.FromSeconds(10),
    };

    private InstanceSpec App(params string[] switches) => Spec([TestApp.Executable, .. switches]);

    private Supervisor Start(InstanceSpec spec) => supervisor = Supervisor.Start(spec, Context, states.Enqueue);

    private IEnumerable<InstancePhase> Phases => states.Select(state => state.Phase);

    private async Task<string> GetAsync(string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"http://127.0.0.1:{supervisor!.State.Port}{path}");
    }

    [Fact]
    public async Task An_instance_starts_becomes_healthy_and_stops()
    {
        var state = await Start(App("--version", "v7")).WhenSettledAsync();

        Assert.Equal(InstancePhase.Healthy, state.Phase);
        Assert.Equal([InstancePhase.Starting, InstancePhase.Healthy], Phases);
        Assert.Contains($"\"instance\":\"{cookie}\"", await GetAsync("/info"), StringComparison.Ordinal);
        var reading = supervisor!.Read();
        Assert.True(reading.Memory > 10_000_000, $"memory {reading.Memory}");
        Assert.True(reading.Cpu > TimeSpan.Zero);
        Assert.Equal((1, 1, 0), (reading.Instances, reading.Healthy, reading.Restarts));

        var stopped = await supervisor.StopAsync();
        Assert.Equal(InstancePhase.Stopped, stopped.Phase);
        Assert.Null(stopped.Reason);
        Assert.False(state.Running!.Process.IsAlive());
        Assert.True(PortAllocator.IsFree(state.Port!.Value));
        Assert.Contains("stopped", File.ReadAllText(folder.PathTo("app.log")), StringComparison.Ordinal); // by SIGTERM, not SIGKILL
        Assert.Equal(0, supervisor.Read().Healthy);
    }

    [Fact]
    public async Task A_command_that_cannot_be_found_fails_at_once_with_its_remedy()
    {
        var state = await Start(Spec("no-such-program-here")).WhenSettledAsync();
        Assert.Equal(InstancePhase.Failed, state.Phase);
        Assert.Contains("no-such-program-here", state.Reason, StringComparison.Ordinal);
        Assert.Contains("Install", state.Remedy, StringComparison.Ordinal);
        Assert.Equal([InstancePhase.Failed], Phases);
    }

    [Fact]
    public async Task One_that_never_starts_is_given_up_at_the_third_exit_with_its_last_words()
    {
        var state = await Start(Spec("sh", "-c", "echo cannot find model.bin >&2; exit 42")).WhenSettledAsync();

        Assert.Equal(InstancePhase.Failed, state.Phase);
        Assert.Equal(3, Phases.Count(phase => phase == InstancePhase.Starting));
        Assert.Equal(2, state.Restarts);
        Assert.Contains("exit code 42", state.Reason, StringComparison.Ordinal);
        Assert.EndsWith("\n  cannot find model.bin", state.Reason, StringComparison.Ordinal);
        Assert.Contains("mldeploy logs", state.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_listens_nowhere_is_given_up_after_startWithin_and_ended()
    {
        var spec = App("--never-listen", "--spawn-grandchild");
        var state = await Start(spec with { Health = spec.Health with { StartWithin = TimeSpan.FromSeconds(2) } }).WhenSettledAsync();
        Assert.Equal(InstancePhase.Failed, state.Phase);
        Assert.Contains("did not become healthy within 2 s: GET http://127.0.0.1:", state.Reason, StringComparison.Ordinal);
        Assert.Contains("refused", state.Reason, StringComparison.Ordinal);
        Assert.Contains("$PORT", state.Remedy, StringComparison.Ordinal);
        Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
    }

    [Fact]
    public async Task What_the_health_check_answered_is_told()
    {
        var spec = App("--unhealthy-for", "60000");
        var state = await Start(spec with { Health = spec.Health with { StartWithin = TimeSpan.FromSeconds(2) } }).WhenSettledAsync();
        Assert.Contains("answered 503: told to be unhealthy", state.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_killed_is_back_at_once_on_the_same_port()
    {
        var before = await Start(App()).WhenSettledAsync();
        var cpu = supervisor!.Read().Cpu;

        Signals.Send(before.Running!.Process, Signals.Kill);
        await Eventually.Becomes(() => supervisor.State is { Phase: InstancePhase.Healthy, Restarts: 1 }, "healthy again");

        Assert.Equal([InstancePhase.Starting, InstancePhase.Healthy, InstancePhase.Restarting, InstancePhase.Starting, InstancePhase.Healthy], Phases);
        Assert.Contains("exit code 137 (SIGKILL", states.ElementAt(2).Reason, StringComparison.Ordinal);
        Assert.Equal(before.Port, supervisor.State.Port);
        Assert.NotEqual(before.Running.Process, supervisor.State.Running!.Process);
        Assert.True(supervisor.Read().Cpu >= cpu);
        Assert.Equal(1, supervisor.Read().Restarts);
        // Less than the first back-off step: it did not wait.
        Assert.InRange(states.ElementAt(3).Since - states.ElementAt(2).Since, TimeSpan.Zero, TimeSpan.FromSeconds(0.8));
    }

    [Fact]
    public async Task One_that_was_healthy_and_crashes_again_and_again_is_restarted_ever_later()
    {
        Start(App("--die-after", "700", "--exit-code", "9"));
        await Eventually.Becomes(() => supervisor!.State.Restarts >= 3, "three restarts", 60);

        Assert.DoesNotContain(InstancePhase.Failed, Phases);
        var all = states.ToArray();
        var waits = all.Zip(all.Skip(1)).Where(pair => pair.First.Phase == InstancePhase.Restarting).Select(pair => pair.Second.Since - pair.First.Since).ToArray();
        Assert.InRange(waits[0], TimeSpan.Zero, TimeSpan.FromSeconds(0.79));
        Assert.True(waits[1] >= TimeSpan.FromSeconds(0.8), $"second wait {waits[1]}");
        Assert.Contains("exit code 9", all.First(state => state.Phase == InstancePhase.Restarting).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_turns_unhealthy_is_said_to_be_and_restarted()
    {
        Start(App("--unhealthy-after", "5"));
        await Eventually.Becomes(() => Phases.Contains(InstancePhase.Unhealthy), "unhealthy");
        await Eventually.Becomes(() => supervisor!.State is { Phase: InstancePhase.Healthy, Restarts: >= 1 }, "healthy again");
        var unhealthy = states.First(state => state.Phase == InstancePhase.Unhealthy);
        Assert.Contains("3 health checks in a row failed", unhealthy.Reason, StringComparison.Ordinal);
        Assert.NotNull(unhealthy.Running);
    }

    [Fact]
    public async Task One_that_hangs_is_unhealthy_too()
    {
        var spec = App("--hang-health-after", "4", "--ignore-term");
        Start(spec with { Drain = TimeSpan.FromSeconds(1), Health = spec.Health with { Timeout = TimeSpan.FromMilliseconds(300) } });
        await Eventually.Becomes(() => supervisor!.State is { Phase: InstancePhase.Healthy, Restarts: >= 1 }, "healthy again", 40);
        Assert.Contains("was not answered within 0.3 s", states.First(state => state.Phase == InstancePhase.Unhealthy).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crashed_instance_left_running_is_ended_before_the_restart()
    {
        var before = await Start(App("--spawn-grandchild", "--spawn-child")).WhenSettledAsync();
        var left = table.Instances()[cookie].Where(process => process != before.Running!.Process).ToArray();
        Assert.Equal(2, left.Length);
        Signals.Send(before.Running!.Process, Signals.Kill);
        await Eventually.Becomes(() => supervisor!.State is { Phase: InstancePhase.Healthy, Restarts: 1 }, "healthy again");
        Assert.All(left, process => Assert.False(process.IsAlive()));
    }

    [Fact]
    public async Task A_port_that_somebody_took_meanwhile_is_changed()
    {
        var before = await Start(App("--exit-at-start", "0") with { Command = ["sh", "-c", $"exec '{TestApp.Executable}'"] }).WhenSettledAsync();
        // An adversary that listens on the port as soon as it is free.
        System.Net.Sockets.TcpListener? thief = null;
        Signals.Send(before.Running!.Process, Signals.Kill);
        await Eventually.Becomes(
            () =>
            {
                try
                {
                    thief ??= new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, before.Port!.Value);
                    thief.Start();
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return supervisor!.State.Restarts > 0 && supervisor.State.Phase == InstancePhase.Healthy;
                }
            },
            "the port was taken, or the application was faster");
        using (thief)
        {
            await Eventually.Becomes(() => supervisor!.State is { Phase: InstancePhase.Healthy, Restarts: >= 1 }, "healthy again", 40);
            Assert.Contains("\"pid\"", await GetAsync("/info"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stopping_is_possible_at_any_moment()
    {
        foreach (var wait in (int[])[0, 30, 200, 600])
        {
            var instance = Supervisor.Start(App("--die-after", "300"), Context, states.Enqueue);
            await Task.Delay(wait);
            var state = await instance.StopAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(InstancePhase.Stopped, state.Phase);
            Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
            await instance.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_log_is_rotated_while_the_instance_runs()
    {
        Start(App("--log-rate", "1000") with { LogLimit = 5_000, LogsKept = 2 });
        await Eventually.Becomes(() => File.Exists(folder.PathTo("app.log.2")), "rotated twice");
        Assert.False(File.Exists(folder.PathTo("app.log.3")));
    }

    [Fact]
    public async Task A_callback_that_throws_ends_the_supervision_loudly_and_the_processes_can_still_be_stopped()
    {
        supervisor = Supervisor.Start(App(), Context, _ => throw new InvalidOperationException("the state cannot be written"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => supervisor.Completion.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => supervisor.StopAsync(TimeSpan.Zero));
        Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
        supervisor = null;
    }
}

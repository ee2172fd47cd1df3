using MlDeploy.AwsTwin.Scheduling;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Specs.Aws.Twin;
using MlDeploy.Specs.Aws.Twin.CodeDeploy;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>A twin that our own code keeps up with: its heartbeats are a real quarter second apart.</summary>
public sealed class SlowTwin : IAsyncLifetime
{
    internal RunningTwin Twin { get; } = new() { Speed = 40 };

    public ValueTask InitializeAsync() => Twin.InitializeAsync();

    public ValueTask DisposeAsync() => Twin.DisposeAsync();
}

/// <summary>
/// Rollouts through CodeDeploy, under real traffic, in twin time. One promoted and one rolled back are watched by default too, through
/// the tool itself: `DeploymentSpecs` of the acceptance tests.
/// </summary>
public sealed class CanarySpecs(SlowTwin slow) : IClassFixture<SlowTwin>
{
    /// <summary>Twin time: a gate fails after some six minutes.</summary>
    private static readonly TimeSpan LastKill = TimeSpan.FromMinutes(5);

    private RunningTwin Twin => slow.Twin;

    [Fact(Timeout = 120_000, Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_good_version_is_judged_and_promoted_and_leaves_no_alarm()
    {
        Twin.Require();
        var service = await DeployedService.CreateAsync(Twin, "good", DeployedService.Canary(40, 5), ready: 30, bake: 1);
        await using var traffic = new Requests(Twin.Http, service.Address);
        await using var canary = await CanaryOnTheTwin.CreateAsync(Twin, service);
        await canary.PrepareAsync("good-b", CanaryOnTheTwin.Canary(40, 5, 3));
        var began = Twin.Server.Clock.GetUtcNow();

        var state = await canary.RunAsync();

        Assert.True(state is { Phase: Phase.Promoted, Exit: ExitCode.Done }, canary.Story);
        Assert.Equal("0/100", await service.WeightsAsync());
        Assert.Equal("v2", await service.VersionAsync());
        Assert.Empty(await canary.HeartbeatAlarmsAsync());
        Assert.Equal(1, await canary.DeploymentsAsync());
        Assert.InRange(canary.CallsAMinute(began), 1, 25);
        Assert.DoesNotContain(Twin.Server.Part<SchedulerService>().Invocations, fired => fired.Schedule.StartsWith("good-", StringComparison.Ordinal));
        await traffic.EndAsync();
    }

    [Fact(Timeout = 120_000, Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_version_with_errors_is_rolled_back_by_its_gate_and_stable_is_verified()
    {
        Twin.Require();
        var service = await DeployedService.CreateAsync(Twin, "bad", DeployedService.Canary(40, 6), ready: 30, bake: 1);
        await Twin.DefineAsync("bad-b", "registry/app:3", "TESTAPP_VERSION=v3", "TESTAPP_ERROR_RATE=0.5");
        await using var traffic = new Requests(Twin.Http, service.Address);
        await using var canary = await CanaryOnTheTwin.CreateAsync(Twin, service);
        await canary.PrepareAsync("bad-b", CanaryOnTheTwin.Canary(40, 6, 3));

        var state = await canary.RunAsync();

        Assert.True(state is { Phase: Phase.RolledBack, Exit: ExitCode.GateFailed }, canary.Story);
        Assert.Contains("http.errors", state.Reason, StringComparison.Ordinal);
        Assert.Equal("v1", await service.VersionAsync());
        Assert.Empty(await canary.HeartbeatAlarmsAsync());
    }

    /// <summary>As a kill would: nothing of ours runs any more, and nothing was said to CodeDeploy. Real kills of real processes: KilledRunnerSpecs.</summary>
    [Fact(Timeout = 180_000)]
    public async Task Without_their_runners_three_bad_versions_are_rolled_back_by_heartbeat_alarms_which_are_gone_some_minutes_later()
    {
        Twin.Require();
        var random = new Random(20261121);
        TimeSpan[] instants = [random.NextDouble() * LastKill, random.NextDouble() * LastKill, random.NextDouble() * LastKill];

        var back = await Task.WhenAll(instants.Select((instant, index) => KilledAsync($"dead{index}", instant)));

        Assert.All(back, time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromMinutes(3)));
    }

    /// <returns>From the kill until stable serves all traffic.</returns>
    private async Task<TimeSpan> KilledAsync(string name, TimeSpan after)
    {
        var service = await DeployedService.CreateAsync(Twin, name, DeployedService.Canary(40, 30), ready: 30, bake: 1);
        await Twin.DefineAsync($"{name}-b", "registry/app:3", "TESTAPP_VERSION=v3", "TESTAPP_ERROR_RATE=0.5");
        await using var traffic = new Requests(Twin.Http, service.Address);
        await using var canary = await CanaryOnTheTwin.CreateAsync(Twin, service);
        await canary.PrepareAsync($"{name}-b", CanaryOnTheTwin.Canary(40, 30, 4));
        using var kill = new CancellationTokenSource();
        var at = Twin.Server.Clock.GetUtcNow() + after;
        var running = canary.RunAsync(kill.Token);
        await RunningTwin.BecomesAsync(() => Task.FromResult(running.IsCompleted || Twin.Server.Clock.GetUtcNow() >= at), "the instant comes");

        await kill.CancelAsync();
        await canary.Target.DisposeAsync();
        var killed = Twin.Server.Clock.GetUtcNow();
        await Task.WhenAny(running);

        var back = killed;
        await RunningTwin.BecomesAsync(
            async () =>
            {
                // As it was made: 1/-. As CodeDeploy leaves it: 100/0.
                if (await service.WeightsAsync() is "1/-" or "100/0")
                {
                    return await canary.ActiveDeploymentsAsync() == 0;
                }

                back = Twin.Server.Clock.GetUtcNow();
                return false;
            },
            $"{name}, killed after {after.TotalSeconds:0} s, is back on stable");
        Assert.Equal("v1", await service.VersionAsync());
        await RunningTwin.BecomesAsync(async () => (await canary.HeartbeatAlarmsAsync()).Count == 0, $"{name} has no alarm left");
        return back - killed;
    }
}

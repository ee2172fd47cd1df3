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

    [Fact(Timeout = 120_000)]
    public async Task Without_its_runner_a_deployment_is_rolled_back_by_the_heartbeat_alarm()
    {
        Twin.Require();
        var service = await DeployedService.CreateAsync(Twin, "dead", DeployedService.Canary(40, 30), ready: 30, bake: 1);
        await using var traffic = new Requests(Twin.Http, service.Address);
        await using var canary = await CanaryOnTheTwin.CreateAsync(Twin, service);
        await canary.PrepareAsync("dead-b", CanaryOnTheTwin.Canary(40, 30, 4));
        using var kill = new CancellationTokenSource();
        var began = Twin.Server.Clock.GetUtcNow();
        var running = canary.RunAsync(kill.Token);
        await service.WeightsBecomeAsync("60/40");
        await Twin.PassAsync(TimeSpan.FromMinutes(1));
        Assert.InRange(canary.CallsAMinute(began), 1, 25);

        // As a kill would: nothing of ours runs any more, and nothing was said to CodeDeploy.
        await kill.CancelAsync();
        await canary.Target.DisposeAsync();
        var killed = Twin.Server.Clock.GetUtcNow();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        await RunningTwin.BecomesAsync(async () => await service.WeightsAsync() == "100/0", "traffic is back on stable");
        Assert.InRange(Twin.Server.Clock.GetUtcNow() - killed, TimeSpan.Zero, TimeSpan.FromMinutes(3));
        Assert.Equal("v1", await service.VersionAsync());
    }
}

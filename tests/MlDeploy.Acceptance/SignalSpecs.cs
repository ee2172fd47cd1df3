using System.Diagnostics;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

[Collection(Alone.Name)]
public sealed class SignalSpecs : AcceptanceTest
{
    [Theory]
    [InlineData(TestState.Interrupt, 130, "SIGINT")]
    [InlineData(TestState.Terminate, 143, "SIGTERM")]
    public async Task A_signal_puts_traffic_right_within_five_seconds(int signal, int exitCode, string name)
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");

        deploy.Signal(signal);
        var signalled = Stopwatch.GetTimestamp();
        var result = await deploy.ResultAsync();
        var took = Stopwatch.GetElapsedTime(signalled);

        result.ExitsWith(exitCode).Says($"interrupted by {name}").Says("is verified serving 100 %");
        Measurements.Record($"{name}: from the signal until stable is verified and the command has ended", [took]);
        Assert.True(took < TimeSpan.FromSeconds(5), $"took {took}");
        (await State.StatusAsync()).ServesOnly("v1");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task Detached_a_deployment_goes_on_to_its_verdict()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = $"{Rollouts.Canary}\nonInterrupt: detach" });
        await deploy.SaysAsync("step 1 of 2");

        deploy.Signal(TestState.Terminate);

        (await deploy.ResultAsync()).ExitsWith(143).Says("detached");
        await Until.TrueAsync(() => State.History()[0] is { Outcome: "promoted", Exit: 0 }, "the host has promoted it");
        (await State.StatusAsync()).ServesOnly("v2");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task A_second_signal_ends_the_command_at_once()
    {
        await StableServesAsync();
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");

        deploy.Signal(TestState.Interrupt);
        deploy.Signal(TestState.Terminate);
        var ended = await deploy.ResultAsync();

        Assert.Contains(ended.ExitCode, new[] { 130, 143 });
        // Whether the host heard of the first signal or not: the deployment is in its hands, and the next command ends it.
        (await State.RunAsync("abort")).ExitsWith(0);
        (await State.StatusAsync()).ServesOnly("v1");
    }
}

using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class ExternalGateSpecs : AcceptanceTest
{
    [Fact]
    public async Task A_number_from_Prometheus_that_falls_below_its_limit_rolls_back()
    {
        await using var metrics = await MetricServer.StartAsync(1);
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);
        using var deploy = State.StartDeploy(Given.Of("v2") with
        {
            Rollout = Rollouts.LongCanary.Judging($"{{ metric: prometheus, name: conversions, url: '{metrics.Url}', query: 'sum(rate(orders[1m]))', min: 0.5, every: 1s }}"),
        });
        await deploy.SaysAsync("step 1 of 1");

        metrics.Value = 0.1;

        (await deploy.ResultAsync()).ExitsWith(4).Says("conversions").Says("is below");
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task A_number_at_a_URL_within_its_limit_lets_a_version_pass()
    {
        await using var metrics = await MetricServer.StartAsync(3);
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2") with
        {
            Rollout = Rollouts.Canary.Judging($"{{ metric: http, name: queue, url: '{metrics.Url}stats', jsonPath: $.queue.length, max: 10, every: 1s }}", "{ metric: http.errors, max: 10% }"),
        });

        deploy.ExitsWith(0).Says("queue");
        Assert.True(metrics.Asked > 3);
        (await State.StatusAsync()).ServesOnly("v2");
    }

    [Theory]
    [InlineData("{ metric: prometheus, name: conversions, url: 'URL', query: absent, min: 0.5, every: 1s }")]
    [InlineData("{ metric: http, name: conversions, url: 'URLstats', jsonPath: $.queue.length, max: 10, every: 1s }")]
    [InlineData("{ metric: http, name: conversions, url: 'http://127.0.0.1:9/stats', jsonPath: $.queue.length, max: 10, every: 1s }")]
    [InlineData("{ metric: command, name: conversions, command: [echo, 'no number'], max: 10, every: 1s }")]
    public async Task A_metric_that_cannot_be_read_is_found_before_traffic_moves(string gate)
    {
        await using var metrics = await MetricServer.StartAsync(null);
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.Canary.Judging(gate.Replace("URL", metrics.Url.ToString(), StringComparison.Ordinal), "{ metric: http.errors, max: 10% }") });

        deploy.ExitsWith(6).Says(":conversions cannot be read").Says("is verified serving 100 %");
        Assert.Equal(0, (await traffic.EndAsync()).Of("v2"));
    }

    [Fact]
    public async Task A_command_that_fails_rolls_back()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2") with
        {
            Rollout = Rollouts.LongCanary.Judging("{ metric: command, name: business-check, command: ['false'], every: 1s }", "{ metric: http.errors, max: 10% }"),
        });

        deploy.ExitsWith(4).Says("gate command:business-check failed").Says("exit code 1");
        (await State.StatusAsync()).ServesOnly("v1");
    }
}

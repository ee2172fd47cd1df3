using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

[Collection(Alone.Name)]
public sealed class CanarySpecs : AcceptanceTest
{
    [Fact]
    public async Task A_good_version_is_promoted_step_by_step_and_no_request_is_lost()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2"));

        deploy.ExitsWith(0).Says("is promoted");
        Assert.All(["report.md", "report.json"], file => Assert.True(File.Exists(Path.Combine(State.Application.Deployment(2), file)), $"{file} is missing when the command has ended"));
        (await State.StatusAsync()).ServesOnly("v2");
        await traffic.OkAsync(20);
        var account = await traffic.EndAsync();
        account.LostNothing();
        Assert.Equal(0, account.FailedByApplication);
        Assert.True(account.Of("v1") > 0 && account.Of("v2") > 0, account.ToString());
        Assert.Equal("v2", await State.AnswersAsync());
    }

    [Fact]
    public async Task A_version_that_fails_requests_is_rolled_back_and_stable_serves()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2", "--error-rate", "0.5"));

        deploy.ExitsWith(4).Says("gate http.errors failed").Says("is verified serving 100 %");
        (await State.StatusAsync()).ServesOnly("v1");
        (await traffic.EndAsync()).LostNothing();
        Assert.Equal("v1", await State.AnswersAsync());
    }

    [Fact]
    public async Task A_version_that_answers_slowly_is_rolled_back_by_latency()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2", "--slow", "1500") with
        {
            Rollout = Rollouts.LongCanary.Judging("{ metric: latency.p90, max: 1s, maxRatio: 3 }"),
        });

        deploy.ExitsWith(4).Says("gate latency.p90 failed");
        (await State.StatusAsync()).ServesOnly("v1");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task A_version_that_leaks_memory_is_rolled_back_by_its_growth()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2", "--leak", "60000") with
        {
            Rollout = Rollouts.LongCanary.Judging("{ metric: memory.growth, max: 20MiB/min }"),
        });

        deploy.ExitsWith(4).Says("gate memory.growth failed");
        (await State.StatusAsync()).ServesOnly("v1");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task A_version_that_dies_under_traffic_is_rolled_back_by_its_restarts()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2", "--die-after-requests", "40") with
        {
            Rollout = Rollouts.LongCanary.Judging("{ metric: restarts, max: 0 }"),
        });

        deploy.ExitsWith(4).Says("gate restarts failed");
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task Linear_moves_through_its_steps()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.Canary.Replace("strategy: canary", "strategy: linear", StringComparison.Ordinal) });

        deploy.ExitsWith(0).Says("step 1 of 2: 25 %").Says("step 2 of 2: 50 %").Says("bake: 100 %");
        (await State.StatusAsync()).ServesOnly("v2");
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact]
    public async Task Users_stay_with_their_version()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State, header: number => ("X-User-Id", $"user-{number % 200}"));
        var rollout = $"{Rollouts.LongCanary}\nstickiness: {{ header: X-User-Id }}";
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = rollout });
        await deploy.SaysAsync("step 1 of 1: 25 %");

        var versions = await VersionsByUserAsync(users: 40, times: 5);

        Assert.All(versions, user => Assert.Single(user.Distinct()));
        Assert.Contains(versions, user => user[0].StartsWith("v2", StringComparison.Ordinal));
        Assert.Contains(versions, user => user[0].StartsWith("v1", StringComparison.Ordinal));
        (await State.RunAsync("abort")).ExitsWith(0);
        (await deploy.ResultAsync()).ExitsWith(6);
        (await traffic.EndAsync()).LostNothing();
    }

    private async Task<IReadOnlyList<string[]>> VersionsByUserAsync(int users, int times)
    {
        using var http = new HttpClient();
        var all = new List<string[]>();
        for (var user = 0; user < users; user++)
        {
            var met = new string[times];
            for (var time = 0; time < times; time++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(State.Url, "/info"));
                request.Headers.Add("X-User-Id", $"someone-{user}");
                using var reply = await http.SendAsync(request);
                met[time] = string.Join(',', reply.Headers.GetValues("x-mldeploy-version"));
            }

            all.Add(met);
        }

        return all;
    }
}

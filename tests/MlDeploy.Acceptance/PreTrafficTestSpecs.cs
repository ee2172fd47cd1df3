using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class PreTrafficTestSpecs : AcceptanceTest
{
    [Theory]
    [InlineData("{ name: golden, http: { method: POST, path: /predict, body: { value: 1 }, expect: { json: { $.version: v3 } } } }", "test golden failed")]
    [InlineData("{ name: status, http: { path: /status/503 } }", "test status failed")]
    [InlineData("{ name: contract, command: [sh, -c, 'echo contract broken >&2; exit 9'] }", "contract broken")]
    [InlineData("{ name: hangs, timeout: 1s, command: [sleep, '60'] }", "test hangs failed")]
    public async Task A_failing_test_ends_the_deployment_before_any_customer_meets_the_candidate(string test, string says)
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        var deploy = await State.DeployAsync(Given.Of("v2") with { Rollout = $"{Rollouts.Canary}\ntests:\n  - {test}" });

        deploy.ExitsWith(4).Says(says);
        (await State.StatusAsync()).ServesOnly("v1");
        var account = await traffic.EndAsync();
        account.LostNothing();
        Assert.Equal(0, account.Of("v2"));
    }

    [Fact]
    public async Task A_command_is_told_where_the_candidate_is()
    {
        await StableServesAsync();
        const string Test = """{ name: reach, command: [sh, -c, 'test -n "$MLDEPLOY_CANDIDATE_URL" && echo "$MLDEPLOY_CANDIDATE_URL" > seen.txt && test "$MLDEPLOY_CANDIDATE_URL" != "" '] }""";

        (await State.DeployAsync(Given.Of("v2") with { Rollout = $"{Rollouts.AllAtOnce}\ntests:\n  - {Test.Replace("$", "$$", StringComparison.Ordinal)}" })).ExitsWith(0).Says("1 of 1 tests passed: reach");
    }
}

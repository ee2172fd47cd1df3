using System.Text;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>Gates on the model under traffic, with the host killed in the middle: what was counted is not lost, and the verdicts are right.</summary>
[Collection(Alone.Name)]
public sealed class ModelKillSpecs : AcceptanceTest
{
    private const string Judged = """
        strategy: canary
        steps: [ { weight: 50%, for: 2s } ]
        warmup: 0s
        minimumRequests: 30
        patience: 60s
        deadline: 3m
        gates:
          - { metric: http.errors, max: 10% }
          - { metric: model.inputs.drift, max: 0.3 }
        """;

    [Fact]
    public async Task Killed_in_a_canary_with_model_gates_windows_survive_and_verdicts_are_right()
    {
        await ProfileAsync("good", 182.5);
        await ProfileAsync("other-unit", 182_500);
        var stable = Given with { Rollout = Judged, Lines = Model("good") };
        await StableServesAsync(stable);
        await using var traffic = TrafficLoad.Start(State);
        await traffic.OkAsync(100);
        var before = await RowsAsync("v1");
        Assert.True(before >= 100, $"{before} rows are kept before the kill");

        using (var deploy = State.StartDeploy(stable.Of("v2") with { Rollout = Judged.Replace("for: 2s", "for: 60s", StringComparison.Ordinal) }))
        {
            await Until.TrueAsync(async () => (await State.StatusAsync()).Candidate is { Weight: > 0 }, "the candidate has traffic");
            await RowsAsync("v1");
            TestState.Kill((await State.HostProcessesAsync()).Host);
            var ended = await deploy.ResultAsync();
            Assert.True(ended.ExitCode == 7, ended.ToString());
        }

        (await State.StatusAsync()).ServesOnly("v1");
        Assert.True(await RowsAsync("v1") >= before, "what was counted before the kill is there after it");

        // The next host counts and judges as the first did.
        var worse = await State.DeployAsync(stable.Of("v3") with { Lines = Model("other-unit") });
        Assert.Equal(4, worse.ExitCode);
        Assert.Contains("value is at a distance", worse.Errors + worse.Output);
        var same = await State.DeployAsync(stable.Of("v4"));
        Assert.True(same.ExitCode == 0, same.ToString());
        (await traffic.EndAsync()).ToString();
    }

    private string Model(string profile) => $$"""
        model: { name: m, profile: '{{Path.Combine(State.Root, $"{profile}.json")}}', prediction: $.echo.value }
        """;

    private async Task<long> RowsAsync(string version) =>
        (await State.RunAsync("drift", "--app", State.Name, "--version", version, "--since", "1h", "--max", "1", "-o", "json")).Json.GetProperty("rows").GetInt64();

    private async Task ProfileAsync(string name, double value)
    {
        var data = new StringBuilder("value,items\n");
        for (var row = 0; row < 2_000; row++)
        {
            data.Append(System.Globalization.CultureInfo.InvariantCulture, $"{value},3\n");
        }

        var file = Path.Combine(State.Root, $"{name}.csv");
        await File.WriteAllTextAsync(file, data.ToString());
        (await State.RunAsync("profile", "create", file, "--type", "value=number", "--type", "items=number", "--out", Path.Combine(State.Root, $"{name}.json"))).ExitsWith(0);
    }
}

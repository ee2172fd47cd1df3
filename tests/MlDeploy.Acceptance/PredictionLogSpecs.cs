using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>The sample's model, judged by what its versions log instead of by what passes the gateway.</summary>
[Trait("run", "soak")]
public sealed class PredictionLogSpecs : AcceptanceTest
{
    private const string Rollout = """
        strategy: canary
        steps: [ { weight: 40%, for: 6s } ]
        bake: 2s
        warmup: 0s
        minimumRequests: 100
        patience: 30s
        deadline: 3m
        gates:
          - { metric: http.errors, max: 10% }
          - { metric: model.inputs.drift, max: 0.3 }
          - { metric: model.prediction.invalid, max: 0.1% }
        """;

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_good_version_is_promoted_and_v6_is_rolled_back_by_the_drift_of_its_inputs(bool toFiles)
    {
        await SampleProgram.BuildAsync(Path.Combine(State.Root, "score"));
        (await DeployAsync("v1", "model-v1.json", "none", "profile.json", Rollouts.AllAtOnce, toFiles)).ExitsWith(0);
        using var http = new HttpClient();
        await using var customers = new SampleCustomers(http, new Uri(State.Url, "/predict"), rate: 100);

        var good = (await DeployAsync("v2", "model-v2.json", "none", "profile.json", Rollout, toFiles)).ExitsWith(0);
        Assert.True(good.Json.GetProperty("features").GetProperty("captured").GetInt64() > 300, $"{good}");

        (await DeployAsync("v6", "model-v2.json", "milliseconds", "profile-v6.json", Rollout, toFiles)).ExitsWith(4).Says("model.inputs.drift").Says("time_to_order");
    }

    /// <param name="toFiles">Each version to a file of its own, instead of to standard output.</param>
    private Task<ToolResult> DeployAsync(string version, string model, string fault, string profile, string rollout, bool toFiles)
    {
        var file = Path.Combine(State.Root, $"{version}.jsonl");
        State.Write(Given with
        {
            Version = version,
            Command = [Path.Combine(TheTool.DotnetRoot, "dotnet"), Path.Combine(State.Root, "score", "score.dll")],
            Application = $"environment: {{ MODEL: {model}, FAULT: {fault}, PREDICTIONS: {(toFiles ? file : "output")}, DOTNET_ROOT: {TheTool.DotnetRoot} }}",
            Rollout = rollout,
        });
        return State.RunAsync(
            "deploy", "-o", "json", "--set", $"model.profile={Path.Combine(SampleProgram.Sources, profile)}", "--set", "model.range=[0, 1]",
            "--set", toFiles ? $"model.log.path={file}" : "model.log={}");
    }
}

using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>The sample on the twin: its own program, its own model and profiles, its own customers.</summary>
internal sealed class FraudScoring : IDisposable
{
    private readonly TwinAccount account;

    private FraudScoring(TwinAccount account) => (this.account, User) = (account, new AwsUser(account, TwinAccount.Model));

    public AwsUser User { get; }

    private Uri Url { get; set; } = null!;

    /// <summary>Serves v1.</summary>
    public static async Task<FraudScoring> ProvisionedAsync(TwinAccount account, string predictions = "output")
    {
        var service = new FraudScoring(account);
        await SampleProgram.BuildAsync(Path.Combine(service.User.Root, "score"));
        service.Write("v1", "model-v1.json", predictions: predictions);
        service.Url = AwsUser.Url((await service.User.ProvisionAsync()).ExitsWith(0));
        return service;
    }

    /// <param name="version">`v2`: its number makes the image another one.</param>
    /// <param name="log">The manifest's `model.log`; empty for none.</param>
    /// <param name="gates">Beside those on the service.</param>
    public void Write(
        string version, string model = "model-v2.json", string fault = "none", string profile = "profile.json", string predictions = "output", string log = "log: {}",
        string gates = "{ metric: model.inputs.drift, max: 0.3 }, { metric: model.inputs.missing, maxIncrease: 5% }, { metric: model.prediction.invalid, max: 0.1% }")
    {
        ImageArchive.Write(Path.Combine(User.Sources, "image.tar"), seed: version[1]);
        File.WriteAllText(Path.Combine(User.Sources, "mlapp.yaml"), $$"""
            apiVersion: mldeploy/v1
            name: {{User.Name}}
            version: {{version}}
            application:
              image: archive:image.tar
              port: 8080
              health: { path: /health, startWithin: 60s }
              environment: { SCORE: {{Path.Combine(User.Root, "score", "score.dll")}}, MODEL: {{model}}, FAULT: {{fault}}, PREDICTIONS: {{predictions}}, DOTNET_ROOT: {{TheTool.DotnetRoot}} }
            model: { profile: {{Path.Combine(SampleProgram.Sources, profile)}}, prediction: $.probability, range: [0, 1], {{log}} }
            scaling: { min: 1, max: 2, on: { cpu: 80% } }
            rollout:
              strategy: canary
              steps: [ { weight: 40%, for: 6m } ]
              bake: 3m
              warmup: 0s
              minimumRequests: 100
              gates: [ { metric: http.errors, max: 5%, maxIncrease: 2% }, {{gates}} ]
            notifications: { email: [team@example.com], on: [drift] }
            targets: { aws: { region: {{TwinAccount.Region}} } }

            """);
    }

    public Task<ToolResult> DeployAsync() => User.RunAsync("deploy -t aws -o json");

    /// <summary>Customers with the sample's held-out orders, until it is disposed of.</summary>
    /// <param name="rate">Orders a second.</param>
    public IAsyncDisposable Customers(int rate) => new SampleCustomers(account.Http, new Uri(Url, "/predict"), rate);

    public void Dispose() => User.Dispose();
}

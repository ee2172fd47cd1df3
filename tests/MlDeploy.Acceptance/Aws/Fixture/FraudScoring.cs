using System.Diagnostics;
using System.Globalization;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>The sample on the twin: its own program, its own model and profiles, its own customers.</summary>
internal sealed class FraudScoring : IDisposable
{
    private readonly TwinAccount account;

    private FraudScoring(TwinAccount account) => (this.account, User) = (account, new AwsUser(account, TwinAccount.Model));

    public AwsUser User { get; }

    private Uri Url { get; set; } = null!;

    private static string Sample => Path.Combine(TheTool.Repository, "samples", "fraud-scoring");

    /// <summary>Serves v1.</summary>
    public static async Task<FraudScoring> ProvisionedAsync(TwinAccount account, string predictions = "output")
    {
        var service = new FraudScoring(account);
        await service.BuildAsync();
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
            model: { profile: {{Path.Combine(Sample, profile)}}, prediction: $.probability, range: [0, 1], {{log}} }
            scaling: { min: 1, max: 2, on: { cpu: 80% } }
            rollout:
              strategy: canary
              steps: [ { weight: 40%, for: 6m } ]
              bake: 3m
              warmup: 0s
              minimumRequests: 100
              gates: [ { metric: http.errors, max: 5%, maxIncrease: 2% }, {{gates}} ]
            targets: { aws: { region: {{TwinAccount.Region}} } }

            """);
    }

    public Task<ToolResult> DeployAsync() => User.RunAsync("deploy -t aws -o json");

    /// <summary>Customers with the sample's held-out orders, until it is disposed of.</summary>
    /// <param name="rate">Orders a second.</param>
    public IAsyncDisposable Customers(int rate) => new Orders(account.Http, new Uri(Url, "/predict"), rate);

    public void Dispose() => User.Dispose();

    private async Task BuildAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(TheTool.DotnetRoot, "dotnet"), ["build", Path.Combine(Sample, "score.cs"), "-o", Path.Combine(User.Root, "score"), "-v", "q", "-nologo"]) { RedirectStandardOutput = true };
        using var building = Process.Start(start)!;
        var told = await building.StandardOutput.ReadToEndAsync();
        await building.WaitForExitAsync();
        Assert.True(building.ExitCode == 0, told);
    }

    private sealed class Orders : IAsyncDisposable
    {
        private readonly CancellationTokenSource end = new();
        private readonly Task sending;

        public Orders(HttpClient http, Uri url, int rate) => sending = Task.Run(() => SendAsync(http, url, rate));

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await sending;
            end.Dispose();
        }

        private async Task SendAsync(HttpClient http, Uri url, int rate)
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(Sample, "data", "orders.csv"));
            var names = lines[0].Split(',');
            using var due = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
            for (var at = 0; !end.IsCancellationRequested; at++)
            {
                _ = PostAsync(http, url, Order(names, lines[1 + (at % (lines.Length - 1))]));
                try
                {
                    await due.WaitForNextTickAsync(end.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        private static async Task PostAsync(HttpClient http, Uri url, string order)
        {
            try
            {
                using var body = new StringContent(order, null, "application/json");
                using var reply = await http.PostAsync(url, body);
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                // What is lost is the business of other tests.
            }
        }

        private static string Order(string[] names, string line) => $"{{{string.Join(',', names.Zip(line.Split(','), (name, cell) => cell.Length == 0 || name == "fraud" ? null
            : double.TryParse(cell, CultureInfo.InvariantCulture, out _) || bool.TryParse(cell, out _) ? $"\"{name}\":{cell}" : $"\"{name}\":\"{cell}\"").OfType<string>())}}}";
    }
}

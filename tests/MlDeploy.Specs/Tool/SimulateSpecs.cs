using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.ToolShell;

public sealed class SimulateSpecs
{
    private const string Manifest = """
        apiVersion: mldeploy/v1
        name: app
        version: v1
        application: { command: [./app] }
        rollout:
          strategy: canary
          steps: [ { weight: 10%, for: 2m } ]
          bake: 1m
          gates: [ { metric: http.errors, max: 5%, maxIncrease: 0.5% }, { metric: restarts, max: 0 } ]
        """;

    [Fact]
    public async Task What_a_reader_sees()
    {
        var run = await Run("--rate", "50/s", "--effect", "http.errors=1%..10%", "--runs", "100");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        var lines = run.Results.Split('\n');
        Assert.Equal("app: 100 rollouts at 50 requests/s, seed 1", lines[0]);
        Assert.Equal("  http.errors: 1 % at stable, 10 % at the candidate", lines[1]);
        Assert.StartsWith("caught in 100 % of rollouts, half of them all within ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("cost: ", lines[4], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("step 1 of 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("restarts     (a rule)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("a harmless version: rolled back in ", StringComparison.Ordinal));
        Assert.Contains("rehearsing 100 rollouts with the effect", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_reads()
    {
        var run = await Run("--rate", "50/s", "--effect", "http.errors=1%..10%", "--runs", "100", "-o", "json");

        using var document = JsonDocument.Parse(run.Results);
        Assert.Equal("mldeploy/simulation/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("caught").GetDouble());
        Assert.Equal(2, document.RootElement.GetProperty("steps").GetArrayLength());
    }

    [Theory]
    [InlineData("how many requests come is not known", "--effect", "http.errors=1%..10%")]
    [InlineData("'50' is no request rate", "--rate", "50", "--effect", "http.errors=1%..10%")]
    [InlineData("chances need from 100", "--rate", "50/s", "--effect", "http.errors=1%..10%", "--runs", "3")]
    [InlineData("--effect needs a value", "--rate", "50/s")]
    [InlineData("no gate of the manifest judges the effect", "--rate", "50/s", "--effect", "latency.p99=x2")]
    public async Task Mistakes_are_usage_errors(string complaint, params string[] arguments)
    {
        var run = await Run(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(complaint, run.Messages, StringComparison.Ordinal);
    }

    private static async Task<ToolRun> Run(params string[] arguments)
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.PathTo("mlapp.yaml"), Manifest, TestContext.Current.CancellationToken);
        return await ToolRun.Of(["simulate", "-f", folder.PathTo("mlapp.yaml"), .. arguments]);
    }
}

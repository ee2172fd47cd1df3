using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Specs.Tool;

public sealed class InitSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-init-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_first_manifest_is_written_and_the_next_step_is_named()
    {
        var run = await Init("--name", "fraud-scoring");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("next: ", run.Results, StringComparison.Ordinal);
        Golden.Match("tests/MlDeploy.Specs/Tool/Goldens/init-mlapp.golden", await File.ReadAllTextAsync(Path.Combine(folder, "mlapp.yaml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_there_is_never_overwritten()
    {
        var file = Path.Combine(folder, "mlapp.yaml");
        await File.WriteAllTextAsync(file, "somebody's work", TestContext.Current.CancellationToken);

        var run = await Init();

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("mlapp.yaml is there already", run.Messages, StringComparison.Ordinal);
        Assert.Equal("somebody's work", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("fraud-scoring", "fraud-scoring")]
    [InlineData("Fraud Scoring", "fraud-scoring")]
    [InlineData("2026_model", "app-2026-model")]
    [InlineData("---", "app")]
    [InlineData("a-name-that-is-much-longer-than-allowed", "a-name-that-is-much-long")]
    public void A_folder_gives_the_application_a_name_that_is_allowed(string directory, string name)
    {
        Assert.Equal(name, InitCommand.Label(directory));
    }

    private Task<ToolRun> Init(params string[] arguments) => ToolRun.Of(given => given with { WorkingDirectory = folder }, ["init", .. arguments]);
}

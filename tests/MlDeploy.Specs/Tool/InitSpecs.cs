using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.ToolShell;

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

    [Fact]
    public async Task What_init_writes_is_valid_as_it_is()
    {
        await Init();

        var run = await ToolRun.Of(given => given with { WorkingDirectory = folder }, "validate");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Matches(@"^mlapp\.yaml is valid: mldeploy-init-[a-z0-9-]+, version dev\n$", run.Results);
        Assert.Empty(run.Messages);
    }

    [Fact]
    public async Task The_folder_gives_the_application_its_name()
    {
        Directory.CreateDirectory(Path.Combine(folder, "Fraud Scoring"));

        var run = await ToolRun.Of(given => given with { WorkingDirectory = Path.Combine(folder, "Fraud Scoring") }, "init", "-o", "json");

        Assert.Contains("\"name\": \"fraud-scoring\"", run.Results, StringComparison.Ordinal);
    }

    private Task<ToolRun> Init(params string[] arguments) => ToolRun.Of(given => given with { WorkingDirectory = folder }, ["init", .. arguments]);
}

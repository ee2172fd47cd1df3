using System.Text;
using System.Text.Json;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.ToolShell;

namespace MlDeploy.Specs.Aws.Templates;

public sealed class RenderCommandSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-render-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_prints_every_stack_without_credentials()
    {
        var run = await Render("-t", "aws", "--set", "training.notebook=ml.t3.large");
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Messages));
        Assert.Equal([StackKind.Registry, StackKind.Application, StackKind.Training], RenderedText.Read(run.Results).Select(stack => stack.Kind));
    }

    [Fact]
    public async Task As_json_it_is_one_document()
    {
        var run = await Render("-t", "aws", "-o", "json");
        using var document = JsonDocument.Parse(run.Results);
        Assert.Equal("mldeploy/render/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(["mldeploy-fraud-scoring-registry", "mldeploy-fraud-scoring-application"], document.RootElement.GetProperty("stacks").EnumerateArray().Select(stack => stack.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Into_a_folder_it_writes_one_file_a_stack_and_takes_the_place_of_an_earlier_render()
    {
        Assert.Equal(ExitCode.Done, (await Render("-t", "aws", "--out", "out", "--set", "training.notebook=ml.t3.large")).ExitCode);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder, "out")).Length);

        Assert.Equal(ExitCode.Done, (await Render("-t", "aws", "--out", "out")).ExitCode);
        Assert.Equal(["mldeploy-fraud-scoring-application.yaml", "mldeploy-fraud-scoring-registry.yaml"], Directory.GetFiles(Path.Combine(folder, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["out"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("stack.yaml")]
    public async Task A_folder_that_holds_something_else_is_left_as_it_is(string other)
    {
        Directory.CreateDirectory(Path.Combine(folder, "out"));
        File.WriteAllText(Path.Combine(folder, "out", other), "mine");
        var run = await Render("-t", "aws", "--out", "out");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(other, run.Messages, StringComparison.Ordinal);
        Assert.Equal([other], Directory.GetFileSystemEntries(Path.Combine(folder, "out")).Select(Path.GetFileName));
        Assert.Equal(["out"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_would_be_refused_is_not_rendered()
    {
        var run = await Render("-t", "aws", "--out", "out", "--set", "targets.aws.overrides.Service.LaunchTyp=EC2", "--set", "application.secrets={A: env:A}");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("Write LaunchType instead of LaunchTyp.", run.Messages, StringComparison.Ordinal);
        Assert.Contains("application.secrets.A", run.Messages, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "out")));
    }

    [Fact]
    public async Task Validate_tells_what_only_the_templates_show()
    {
        var run = await Run("validate", "-t", "aws", "-f", "-", "--set", "targets.aws.overrides.TaskDefinition.Cpu=300");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("targets.aws.overrides.TaskDefinition.Cpu", run.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_local_target_has_nothing_to_render()
    {
        var run = await Render();
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--target aws", run.Messages, StringComparison.Ordinal);
    }

    private Task<ToolRun> Render(params string[] arguments) => Run(["render", "-f", "-", .. arguments]);

    private Task<ToolRun> Run(params string[] arguments) =>
        ToolRun.Of(given => given with { Input = () => new MemoryStream(Encoding.UTF8.GetBytes(Rendering.OnAws)), WorkingDirectory = folder }, arguments);
}

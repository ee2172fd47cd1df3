using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.ToolShell;

public sealed class ValidateSpecs
{
    private const string Valid = """
        apiVersion: mldeploy/v1
        name: fraud-scoring
        version: ${LABEL:-dev}
        application: { command: [./serve] }
        rollout: { steps: [ { weight: 5%, for: 5m } ], bake: 5m }
        """;

    private const string TwoMistakes = """
        apiVersion: mldeploy/v1
        name: fraud-scoring
        version: v1
        aplication: { command: [./serve] }
        rollout: { steps: [ { weight: 500%, for: 5m } ], bake: 5m }
        """;

    [Fact]
    public async Task Variables_come_from_the_environment_and_overrides_from_the_command_line()
    {
        var run = await Validate(Valid, "--set", "name=other");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("- is valid: other, version v7\n", run.Results);
    }

    [Fact]
    public async Task Every_problem_is_a_result_in_the_form_that_was_asked_for()
    {
        var transcript = new StringBuilder();
        foreach (var format in new[] { "text", "json", "github" })
        {
            var run = await Validate(TwoMistakes, "-o", format);
            Assert.Equal(ExitCode.Usage, run.ExitCode);
            Assert.Equal("exit 3: usage or manifest error; nothing was touched\n", run.Messages);
            transcript.Append(run.Transcript("validate", "-f", "-", "-o", format)).Append('\n');
        }

        Golden.Match("tests/MlDeploy.Specs/Tool/Goldens/validate-problems.golden", transcript.ToString());
    }

    [Fact]
    public async Task A_valid_manifest_is_one_json_document_too()
    {
        var run = await Validate(Valid, "-o", "json");

        using var document = JsonDocument.Parse(run.Results);
        Assert.Equal("mldeploy/validation/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.True(document.RootElement.GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task What_is_valid_but_not_built_yet_is_announced_before_deploy_refuses_it()
    {
        var run = await Validate(Valid.Replace("command: [./serve]", "image: registry.example/fraud:1", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("note: stdin:4:", run.Messages, StringComparison.Ordinal);
        Assert.Contains("`mldeploy deploy` will refuse it", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_is_one_json_document()
    {
        var run = await ToolRun.Of("schema");

        using var document = JsonDocument.Parse(run.Results);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", document.RootElement.GetProperty("$schema").GetString());
    }

    private static Task<ToolRun> Validate(string manifest, params string[] arguments) =>
        ToolRun.Of(
            given => given with { Input = () => new MemoryStream(Encoding.UTF8.GetBytes(manifest)), Variable = name => name == "LABEL" ? "v7" : null },
            ["validate", "-f", "-", .. arguments]);
}

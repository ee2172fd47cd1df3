using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.ToolShell;

public sealed class ErrorSpecs
{
    private static readonly string[][] Mistakes =
    [
        ["deply"],
        ["--foo"],
        ["deploy", "--fil", "x"],
        ["deploy", "extra"],
        ["deploy", "--nonsense", "--stat=1"],
        ["deploy", "-o", "xml"],
        ["deploy", "-o", "github"],
        ["deploy", "--target", "awss"],
        ["deploy", "--set"],
        ["deploy", "-e", "a", "-e", "b"],
        ["logs", "--tail", "many"],
        ["destroy"],
        ["destroy", "--confirm"],
        ["host"],
        ["host", "strt"],
        ["schema", "-f", "mlapp.yaml"],
        ["validate"],
        ["validate", "--file", "missing/mlapp.yaml"],
        ["init", "--name", "Fraud Scoring"],
    ];

    [Fact]
    public async Task Every_mistake_on_the_command_line_says_what_to_do_and_exits_3()
    {
        var transcript = new StringBuilder();
        foreach (var arguments in Mistakes)
        {
            var run = await ToolRun.Of(arguments);
            Assert.Equal(ExitCode.Usage, run.ExitCode);
            Assert.Empty(run.Results);
            Assert.Contains("  → ", run.Messages, StringComparison.Ordinal);
            transcript.Append(run.Transcript(arguments)).Append('\n');
        }

        Golden.Match("tests/MlDeploy.Specs/Tool/Goldens/usage-errors.golden", transcript.ToString());
    }

    [Theory]
    [InlineData("demo")]
    public async Task What_is_not_built_yet_says_so_and_names_what_is(params string[] arguments)
    {
        var run = await ToolRun.Of(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"`mldeploy {arguments[0]}` is not built yet in this version", run.Messages, StringComparison.Ordinal);
        Assert.Contains("use what is: init, validate, schema", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_an_error_is_one_document_on_standard_output_and_still_told_on_standard_error()
    {
        var run = await ToolRun.Of("-o", "json", "validate", "-f", "missing.yaml");

        using var document = JsonDocument.Parse(run.Results);
        Assert.Equal("mldeploy/error/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(3, document.RootElement.GetProperty("exitCode").GetInt32());
        Assert.Equal("there is no missing.yaml in /nowhere", document.RootElement.GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.Contains("error: there is no missing.yaml", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_shows_its_stack_exits_1_and_asks_to_be_reported()
    {
        var run = await ToolRun.Of(given => given with { Input = () => throw new FormatException("boom") }, "validate", "-f", "-");

        Assert.Equal(ExitCode.Bug, run.ExitCode);
        Assert.Contains("   at ", run.Messages, StringComparison.Ordinal);
        Assert.Contains("error: FormatException: boom (mldeploy ", run.Messages, StringComparison.Ordinal);
        Assert.Contains("Report it", run.Messages, StringComparison.Ordinal);
        Assert.EndsWith("exit 1: a bug in mldeploy (only here a stack trace is shown)\n", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expected_failure_shows_no_stack_even_when_verbose_only_its_causes()
    {
        var run = await ToolRun.Of("validate", "-f", "/proc/nowhere/mlapp.yaml", "--verbose");

        Assert.DoesNotContain("   at ", run.Messages, StringComparison.Ordinal);
        Assert.Contains("cause: DirectoryNotFoundException", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_place_of_the_manifest_is_an_error_with_a_remedy()
    {
        var run = await ToolRun.Of("validate", "-f", Path.GetTempPath());

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("error: cannot read", run.Messages, StringComparison.Ordinal);
    }
}

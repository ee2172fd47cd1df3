using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Specs.ToolShell;

public sealed class HelpSpecs
{
    public static TheoryData<string> EveryCommand =>
        [.. Commands(Root.Create(new CommonOptions())).Select(command => Names.Path(command)["mldeploy".Length..].Trim())];

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Help_of_every_command_reads_as_its_golden_says(string command)
    {
        var run = await ToolRun.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Empty(run.Messages);
        Golden.Match($"tests/MlDeploy.Specs/Tool/Goldens/help{(command.Length == 0 ? "" : "-" + command.Replace(' ', '-'))}.golden", run.Results);
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public void Every_command_and_option_is_described_by_a_sentence(string command)
    {
        var found = Commands(Root.Create(new CommonOptions())).Single(candidate => Names.Path(candidate) == $"mldeploy {command}".Trim());

        Assert.EndsWith(".", found.Description, StringComparison.Ordinal);
        Assert.All(
            Names.Of(found).Where(option => option is not (System.CommandLine.Help.HelpOption or VersionOption)),
            option => Assert.EndsWith(".", option.Description?.TrimEnd(')'), StringComparison.Ordinal));
    }

    [Fact]
    public void No_line_of_help_is_longer_than_a_hundred_columns()
    {
        foreach (var command in Commands(Root.Create(new CommonOptions())))
        {
            using var text = new StringWriter();
            HelpText.Write(text, command);
            Assert.All(text.ToString().Split('\n'), line => Assert.True(line.Length <= 100, line));
        }
    }

    [Fact]
    public async Task Without_a_command_the_help_is_an_error_because_a_pipeline_variable_was_empty()
    {
        var run = await ToolRun.Of();

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(run.Results);
        Assert.StartsWith("Deploys a machine-learning application", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var run = await ToolRun.Of("--version");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(ToolVersion.Text + "\n", run.Results);
        Assert.Matches(@"^\d+\.\d+\.\d+(\+[0-9a-f]{12})?\n$", run.Results);
    }

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);
}

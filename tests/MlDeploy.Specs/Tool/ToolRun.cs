using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool;
using MlDeploy.Tool.Signals;

namespace MlDeploy.Specs.ToolShell;

/// <summary>One run of the command line inside the test's own process, with surroundings of its own.</summary>
internal sealed record ToolRun(ExitCode ExitCode, string Results, string Messages)
{
    public static Task<ToolRun> Of(params string[] arguments) => Of(surroundings => surroundings, arguments);

    public static async Task<ToolRun> Of(Func<Surroundings, Surroundings> change, params string[] arguments)
    {
        using var results = new StringWriter { NewLine = "\n" };
        using var messages = new StringWriter { NewLine = "\n" };
        using var interruption = new Interruption();
        var surroundings = change(new Surroundings
        {
            Results = results,
            Messages = messages,
            Input = () => new MemoryStream(),
            ResultsAreTerminal = false,
            MessagesAreTerminal = false,
            Variable = _ => null,
            Clock = TimeProvider.System,
            Random = new Random(1),
            Self = new SelfCommand("mldeploy", [], ToolVersion.Text),
            User = "ada",
            Machine = "laptop",
            WorkingDirectory = "/nowhere",
        });
        var exit = await CommandLine.RunAsync(arguments, surroundings, interruption);
        return new ToolRun(exit, results.ToString(), messages.ToString());
    }

    /// <summary>As a reader of a terminal sees it.</summary>
    public string Transcript(params string[] arguments) =>
        $"$ mldeploy {string.Join(' ', arguments)}\n{Results}{Messages}[{(int)ExitCode}]\n";
}

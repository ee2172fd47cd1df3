using MlDeploy.Local.Gateway;
using MlDeploy.Tool;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Signals;

// The composition root: the only place that takes clock, environment, working directory and consoles from the process.
#pragma warning disable RS0030
if (args is ["host", "run", ..])
    SocketCompletions.InlineHere(Environment.SetEnvironmentVariable);
using var streams = ProcessStreams.Open();
using var interruption = new Interruption();
using var signals = new ProcessSignals(interruption);

var surroundings = new Surroundings
{
    Results = streams.Results,
    Messages = streams.Messages,
    Input = ProcessStreams.OpenInput,
    ResultsAreTerminal = streams.ResultsAreTerminal,
    MessagesAreTerminal = streams.MessagesAreTerminal,
    Variable = Environment.GetEnvironmentVariable,
    Clock = RehearsalClock.Of(Environment.GetEnvironmentVariable, TimeProvider.System),
    Random = Random.Shared,
    Self = ThisTool.Command(Environment.ProcessPath),
    User = Environment.UserName,
    Machine = Environment.MachineName,
    WorkingDirectory = Environment.CurrentDirectory,
};
#pragma warning restore RS0030

return (int)await CommandLine.RunAsync(args, surroundings, interruption);

using System.Collections.Immutable;

namespace MlDeploy.Core.Probing;

/// <param name="Command">Program and arguments; never a shell line.</param>
/// <param name="WorkingDirectory">Absolute.</param>
/// <param name="Environment">All variables the command sees.</param>
public sealed record CommandRequest(
    ImmutableArray<string> Command, string WorkingDirectory, ImmutableSortedDictionary<string, string> Environment, TimeSpan Timeout);

/// <param name="ExitCode">Null when it was killed after its timeout, or could not be started.</param>
/// <param name="Output">The end of what it wrote to standard output, at most 64 KiB.</param>
/// <param name="Error">The end of what it wrote to standard error, or why it could not be started.</param>
public sealed record CommandResult(int? ExitCode, string Output, string Error, bool TimedOut);

/// <summary>Runs a short command to its end: a pre-traffic test, a metric. Its whole process tree ends with it.</summary>
public interface ICommandRunner
{
    Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel);
}

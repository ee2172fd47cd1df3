namespace MlDeploy.Core.Errors;

/// <summary>
/// A failure that is part of the interface: it says what happened, what to do next, and how the process ends.
/// Only what is not one of these is a bug and shows a stack trace.
/// </summary>
public sealed class ExpectedException(ExitCode exitCode, string message, string remedy, Exception? inner = null)
    : Exception(message, inner)
{
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>The next action, as an imperative sentence; often a command to paste.</summary>
    public string Remedy { get; } = remedy;
}

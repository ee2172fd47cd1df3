using MlDeploy.Local.Hosting;

namespace MlDeploy.Tool;

/// <summary>Everything the process was given by whoever started it; tests give their own.</summary>
internal sealed record Surroundings
{
    /// <summary>Standard output: what was asked for, and nothing else.</summary>
    public required TextWriter Results { get; init; }

    /// <summary>Standard error: progress, notices, errors.</summary>
    public required TextWriter Messages { get; init; }

    /// <summary>Opens standard input; called only by a command that reads it (`-f -`).</summary>
    public required Func<Stream> Input { get; init; }

    public required bool ResultsAreTerminal { get; init; }
    public required bool MessagesAreTerminal { get; init; }

    /// <summary>An environment variable, or null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Makes seeds.</summary>
    public required Random Random { get; init; }

    /// <summary>How to start this tool again, as the host.</summary>
    public required SelfCommand Self { get; init; }

    /// <summary>Login name of whoever runs the command.</summary>
    public required string User { get; init; }

    public required string Machine { get; init; }

    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }
}
